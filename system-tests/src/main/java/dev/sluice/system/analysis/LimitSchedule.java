package dev.sluice.system.analysis;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What the provider allows over time.
 *
 * @param steps the limits, each from its moment on; the first one's moment does not matter
 * @param windows how it counts them
 * @param depth what a bucket holds, in seconds' worth; of no meaning for windows
 */
public record LimitSchedule(List<Step> steps, WindowMode windows, Duration depth) {
  private static final double SECONDS_PER_MINUTE = 60;

  /** Limits per minute from a moment on. */
  public record Step(Instant from, long requests, long tokens) {
    private double perSecond(Unit unit) {
      return (unit == Unit.REQUESTS ? requests : tokens) / SECONDS_PER_MINUTE;
    }
  }

  /** How a limit per minute is counted. */
  public enum WindowMode {
    NONE,
    SECONDS,
    MINUTES
  }

  public LimitSchedule {
    steps = List.copyOf(steps);
  }

  /** What comes back between two moments: the limit, integrated over the time. */
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
   * The most that the provider can let in between two moments, both included: what comes back and
   * what a full bucket holds at the beginning, or every window that the time touches.
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
