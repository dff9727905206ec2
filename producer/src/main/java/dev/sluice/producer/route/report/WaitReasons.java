package dev.sluice.producer.route.report;

import dev.sluice.api.route.RouteStatus.Hold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Describes what a task waits for. */
final class WaitReasons {
  static final String SLOW_START = "slow start: no limit is known yet";

  private WaitReasons() {}

  /**
   * Returns for example {@code hold: rate limit until 2026-11-01T12:00:07Z}, {@code hold: quota,
   * next probe in 20 s}.
   */
  static String describe(Hold hold, Instant now) {
    Instant until = hold.until();
    if (until == null || hold.kind().equals(ReportedHolds.MANUAL)) {
      return "manual hold: " + hold.reason() + (until == null ? "" : ", until " + time(until));
    }
    String name =
        hold.kind().equals("breaker") ? "circuit breaker open" : "hold: " + readable(hold.kind());
    if (hold.partial()) {
      name +=
          hold.sources().size() == 1 ? " for one batch or caller" : " for some batches or callers";
    }
    if (hold.probing()) {
      return name + ", probe in progress";
    }
    if (!hold.endsByProbe()) {
      // Rounded up, so that the hold has ended at the time shown.
      return name + " until " + time(until.plusMillis(999));
    }
    return name + ", next probe in " + duration(Duration.between(now, until));
  }

  /** Returns a wire name as text, for example {@code input tokens}. */
  static String readable(String wireName) {
    return switch (wireName) {
      case "first_reply" -> SLOW_START;
      case "fleet_concurrency" -> "concurrency of all workers";
      default -> wireName.replace('_', ' ').replace("api key", "API key");
    };
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String duration(Duration remaining) {
    long seconds = Math.max(0, Math.ceilDiv(remaining.toMillis(), 1000L));
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = Math.ceilDiv(seconds, 60L);
    return minutes < 120 ? minutes + " min" : Math.ceilDiv(minutes, 60L) + " h";
  }
}
