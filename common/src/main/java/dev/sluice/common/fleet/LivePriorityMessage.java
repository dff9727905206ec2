package dev.sluice.common.fleet;

import java.util.Objects;

/**
 * Announces that a live call takes priority over batch calls. The other workers yield, and debit
 * their fraction of the call's cost (one request and its tokens).
 *
 * @param worker name of the announcing worker
 * @param route name of the route, or {@code route/member} for one of its members
 * @param inputTokens estimated prompt tokens of the call
 * @param outputTokens estimated completion tokens of the call
 */
public record LivePriorityMessage(
    String worker, String route, long inputTokens, long outputTokens) {

  public LivePriorityMessage {
    Objects.requireNonNull(worker, "worker");
    Objects.requireNonNull(route, "route");
  }
}
