package dev.sluice.bench.analysis;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The provider's limits over time.
 *
 * @param steps limits by start time; the first step's start is ignored
 * @param windows how the provider counts them
 * @param depth capacity of the token bucket, as a duration; ignored for windows
 */
public record LimitSchedule(List<Step> steps, WindowMode windows, Duration depth) {
  private static final double SECONDS_PER_MINUTE = 60;

  /** Limits per minute from this time on. */
  public record Step(Instant from, long requests, long tokens) {
    private double perSecond(Unit unit) {
      return (unit == Unit.REQUESTS ? requests : tokens) / SECONDS_PER_MINUTE;
    }
  }

  /** How the provider counts a limit per minute. */
  public enum WindowMode {
    NONE,
    SECONDS,
    MINUTES
  }

  public LimitSchedule {
    steps = List.copyOf(steps);
  }

  /** The quota that returns between two times: the limit, integrated over time. */
  double refill(Unit unit, Instant from, Instant to) {
    double sum = 0;
    for (int i = 0; i < steps.size(); i++) {
      Instant begins = i == 0 ? from : later(steps.get(i).from(), from);
      Instant ends = i + 1 == steps.size() ? to : earlier(steps.get(i + 1).from(), to);
      if (begins.isBefore(ends)) {
        sum += steps.get(i).perSecond(unit) * seconds(begins, ends);
      }
    }
    return sum;
  }

  /**
   * The maximum that the provider can admit between two times, inclusive: the refill and a full
   * bucket, or every window that the period overlaps.
   */
  double ceiling(Unit unit, Instant from, Instant to) {
    return switch (windows) {
      case NONE ->
          Math.max(1, steps.getFirst().perSecond(unit) * seconds(depth)) + refill(unit, from, to);
      case SECONDS -> wholeWindows(unit, from, to, ChronoUnit.SECONDS);
      case MINUTES -> wholeWindows(unit, from, to, ChronoUnit.MINUTES);
    };
  }

  private double wholeWindows(Unit unit, Instant from, Instant to, ChronoUnit window) {
    return refill(unit, from.truncatedTo(window), to.truncatedTo(window).plus(1, window));
  }

  private static double seconds(Instant from, Instant to) {
    return seconds(Duration.between(from, to));
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
