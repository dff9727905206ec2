package dev.sluice.common.fleet;

import java.util.Objects;

/**
 * A worker tells all others that a live call goes before the batches of them all, and they pay
 * their part of it.
 *
 * @param worker whose call it is
 * @param route which route
 * @param inputTokens what it costs beside the one request
 * @param outputTokens what it costs beside the one request
 */
public record LivePriorityMessage(
    String worker, String route, long inputTokens, long outputTokens) {

  public LivePriorityMessage {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(route, "route");
  }
}
