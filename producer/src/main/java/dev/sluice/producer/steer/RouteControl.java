package dev.sluice.producer.steer;

import dev.sluice.common.fleet.ControlNotice;
import dev.sluice.common.fleet.ControlNotice.SetLimit;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What people want of one route.
 *
 * @param hold null where it is not held by hand
 * @param limits per minute, by what they limit; what is not there is as in the settings
 */
public record RouteControl(String route, @Nullable Hold hold, Map<String, Long> limits) {

  public RouteControl {
    limits = Map.copyOf(limits);
  }

  /** Nothing but its settings. */
  public static RouteControl none(String route) {
    return new RouteControl(route, null, Map.of());
  }

  /**
   * A hold by hand.
   *
   * @param reason a sentence
   * @param until when it ends by itself; null for when somebody ends it
   */
  public record Hold(String reason, Instant since, @Nullable Instant until) {}

  ControlNotice.RouteControl notice() {
    return new ControlNotice.RouteControl(
        route,
        Optional.ofNullable(hold).map(Hold::reason).orElse(null),
        limits.entrySet().stream()
            .map(limit -> new SetLimit(limit.getKey(), limit.getValue()))
            .toList());
  }
}
