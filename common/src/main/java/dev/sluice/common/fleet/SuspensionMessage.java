package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * Tells the workers which batches of a route must not be called. A producer publishes the full list
 * about once per second, as long as the broker has tasks of these batches.
 *
 * @param route name of the route
 * @param validForMillis validity in milliseconds; afterwards workers call all tasks again
 * @param cancelled ids of batches whose tasks finish without a call
 * @param paused ids of batches whose tasks are delayed
 */
public record SuspensionMessage(
    String route, long validForMillis, List<String> cancelled, List<String> paused) {

  public SuspensionMessage {
    Objects.requireNonNull(route, "route");
    cancelled = cancelled == null ? List.of() : List.copyOf(cancelled);
    paused = paused == null ? List.of() : List.copyOf(paused);
  }
}
