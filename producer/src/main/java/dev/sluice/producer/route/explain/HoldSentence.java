package dev.sluice.producer.route.explain;

import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.common.fleet.HeldSource;
import dev.sluice.producer.store.BatchId;
import java.time.Instant;

/** Explains the hold of a route, or of one batch on it. */
final class HoldSentence {
  private HoldSentence() {}

  /** Whether the hold stops the calls of the batch. */
  static boolean appliesTo(Hold hold, BatchId batch) {
    String id = batch.toString();
    return !hold.partial()
        || hold.sources().stream().map(HeldSource::callerOf).anyMatch(id::equals);
  }

  /** The hold, its reason and its end. */
  static String of(String route, Hold hold) {
    return (hold.partial()
            ? "This batch is held on route %s, because all its calls fail: %s; %s."
            : "Route %s is held: %s; %s.")
        .formatted(route, reason(hold), end(hold));
  }

  private static String reason(Hold hold) {
    return switch (hold.kind()) {
      case "manual" -> "manual hold (" + hold.reason() + ")";
      case "breaker" -> "circuit breaker open (" + hold.reason() + ")";
      case "rate_limit" -> hold.endsByProbe() ? hold.reason() : "rate limited by the provider";
      default -> hold.reason();
    };
  }

  private static String end(Hold hold) {
    Instant until = hold.until();
    if (hold.endsByProbe()) {
      return hold.probing() || until == null
          ? "a probe is running"
          : "next probe at " + ReadableNumbers.time(until);
    }
    if (until != null) {
      return "until " + ReadableNumbers.time(until);
    }
    if (!hold.kind().equals("manual")) {
      return "until the rate limit resets";
    }
    Instant since = hold.since();
    return (since == null ? "" : "since " + ReadableNumbers.time(since) + ", ")
        + "until it is released";
  }
}
