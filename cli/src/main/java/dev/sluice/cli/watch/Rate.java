package dev.sluice.cli.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Rate of a batch.
 *
 * @param perMinute finished tasks per minute; empty if unknown
 * @param idle time since the last finished task, if it is too long for a rate; else empty
 */
public record Rate(OptionalLong perMinute, Optional<Duration> idle) {
  public static final Rate UNKNOWN = new Rate(OptionalLong.empty(), Optional.empty());

  static Rate idle(Duration idle) {
    return new Rate(OptionalLong.empty(), Optional.of(idle));
  }

  static Rate of(long finished, Duration duration) {
    return new Rate(
        OptionalLong.of(Math.round(finished * 60_000.0 / duration.toMillis())), Optional.empty());
  }

  /** Time until the unfinished tasks finish at this rate; empty if unknown. */
  public Optional<Duration> timeFor(long unfinished) {
    if (perMinute.isEmpty() || perMinute.getAsLong() == 0 || unfinished == 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Math.ceilDiv(unfinished * 60, perMinute.getAsLong())));
  }
}
