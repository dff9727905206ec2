package dev.sluice.producer.capacity;

import dev.sluice.producer.report.RouteStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that bounds how many calls a route makes in a minute.
 *
 * @param limit a limit, or {@code fleet_concurrency}
 * @param perMinute what the provider allows, or, where that is not known, the pace of the workers;
 *     null for {@code fleet_concurrency}
 * @param source who says so: {@code configured}, {@code advertised}, {@code inferred} or {@code
 *     current_rate}
 * @param perCall what one call takes of it; null where that is not known
 * @param callsPerMinute how many calls that allows, to a thousandth; null where it is not known
 */
record RateConstraint(
    String limit,
    @Nullable Long perMinute,
    String source,
    @Nullable Long perCall,
    @Nullable Double callsPerMinute) {
  private static final double MILLIS_PER_MINUTE = 60_000;

  /** Those of a route. */
  static List<RateConstraint> of(RouteStatus route) {
    List<RateConstraint> bounds = new ArrayList<>();
    for (RouteStatus.Limit limit : route.limits()) {
      boolean known = limit.perMinute() != null;
      Long perMinute = known ? limit.perMinute() : limit.targetPerMinute();
      if (perMinute != null) {
        Long perCall = perCall(limit.limit(), route);
        Double calls = perCall == null ? null : thousandth((double) perMinute / perCall);
        bounds.add(
            new RateConstraint(
                limit.limit(), perMinute, known ? limit.source() : "current_rate", perCall, calls));
      }
    }
    Integer fleet = route.fleetConcurrency();
    if (fleet != null) {
      Long avgLatencyMs = route.avgLatencyMs();
      Double calls = avgLatencyMs == null ? null : thousandth(perMinute(fleet, avgLatencyMs));
      bounds.add(new RateConstraint("fleet_concurrency", null, "configured", null, calls));
    }
    return bounds;
  }

  /** How many calls end in a minute where so many run at once: Little's law. */
  static double perMinute(double inFlight, long avgLatencyMs) {
    return inFlight * MILLIS_PER_MINUTE / avgLatencyMs;
  }

  /** How many calls run at once where so many end in a minute: the same law. */
  static double inFlight(double perMinute, long avgLatencyMs) {
    return perMinute * avgLatencyMs / MILLIS_PER_MINUTE;
  }

  static double thousandth(double number) {
    return Math.round(number * 1000) / 1000.0;
  }

  /** As people write it: {@code input tokens}. */
  String words() {
    return limit.replace('_', ' ');
  }

  private static @Nullable Long perCall(String what, RouteStatus route) {
    return switch (what) {
      case "requests" -> (Long) 1L;
      case "tokens" -> route.tokensPerCall();
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> null; // a limit that a newer worker knows
    };
  }
}
