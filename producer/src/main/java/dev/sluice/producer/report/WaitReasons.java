package dev.sluice.producer.report;

import dev.sluice.producer.report.RouteStatus.Hold;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What a task waits for, in words. */
final class WaitReasons {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

  private WaitReasons() {}

  /** {@code hold: rate limit until 12:00:07 UTC}, {@code hold: quota, next probe in 20 s}. */
  static String held(Hold hold, Instant now) {
    Instant until = hold.until();
    if (until == null || hold.kind().equals("by_hand")) {
      return "hold by hand: "
          + hold.reason()
          + (until == null ? "" : ", until " + TIME.format(until) + " UTC");
    }
    String name = hold.kind().equals("breaker") ? "breaker open" : "hold: " + words(hold.kind());
    if (hold.probing()) {
      return name + ", a probe is out";
    }
    if (hold.kind().equals("rate_limit")) {
      // Rounded up: at the time that is told it is over.
      return name + " until " + TIME.format(until.plusMillis(999)) + " UTC";
    }
    return name + ", next probe in " + time(Duration.between(now, until));
  }

  /** A name of the wire as people write it: {@code input tokens}. */
  static String words(String wireName) {
    return wireName.replace('_', ' ');
  }

  private static String time(Duration left) {
    long seconds = Math.max(0, Math.ceilDiv(left.toMillis(), 1000L));
    if (seconds < 120) {
      return seconds + " s";
    }
    long minutes = Math.ceilDiv(seconds, 60L);
    return minutes < 120 ? minutes + " min" : Math.ceilDiv(minutes, 60L) + " h";
  }
}
