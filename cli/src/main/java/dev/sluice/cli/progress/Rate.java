package dev.sluice.cli.progress;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fast a batch goes.
 *
 * @param perMinute tasks that end in a minute; empty while nothing can be said
 * @param idle how long nothing has ended, where that is too long to speak of a pace
 */
public record Rate(OptionalLong perMinute, Optional<Duration> idle) {
  public static final Rate UNKNOWN = new Rate(OptionalLong.empty(), Optional.empty());

  static Rate idle(Duration since) {
    return new Rate(OptionalLong.empty(), Optional.of(since));
  }

  static Rate of(long finished, Duration in) {
    return new Rate(
        OptionalLong.of(Math.round(finished * 60_000.0 / in.toMillis())), Optional.empty());
  }

  /** When the rest will be done at this pace; empty where that is not known. */
  public Optional<Duration> timeFor(long waiting) {
    if (perMinute.isEmpty() || perMinute.getAsLong() == 0 || waiting == 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Math.ceilDiv(waiting * 60, perMinute.getAsLong())));
  }
}
