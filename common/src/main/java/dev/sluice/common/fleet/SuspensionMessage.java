package dev.sluice.common.fleet;

import java.util.List;
import java.util.Objects;

/**
 * A producer tells the workers which batches of a route are not to be called now. It says so anew
 * about once a second, all of them each time, for as long as tasks of theirs are in the broker.
 *
 * @param route which route
 * @param validForMillis how long this is good for: after it every task is called again
 * @param cancelled ids of batches whose tasks end without a call
 * @param paused ids of batches whose tasks wait
 */
public record SuspensionMessage(
    String route, long validForMillis, List<String> cancelled, List<String> paused) {

  public SuspensionMessage {
    Objects.requireNonNull(route, "route");
    cancelled = cancelled == null ? List.of() : List.copyOf(cancelled);
    paused = paused == null ? List.of() : List.copyOf(paused);
  }
}
