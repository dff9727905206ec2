package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RateConstraint;
import dev.sluice.api.route.RouteStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Derives the constraints on the rate of a route. */
final class RateConstraints {
  private static final double MILLIS_PER_MINUTE = 60_000;

  private RateConstraints() {}

  /** Returns the constraints of a route. */
  static List<RateConstraint> of(RouteStatus route) {
    List<RateConstraint> constraints = new ArrayList<>();
    for (RouteStatus.Limit limit : route.limits()) {
      boolean known = limit.perMinute() != null;
      Long perMinute = known ? limit.perMinute() : limit.targetPerMinute();
      if (perMinute != null) {
        Long perCall = perCall(limit.limit(), route);
        Double calls = perCall == null ? null : thousandth((double) perMinute / perCall);
        constraints.add(
            new RateConstraint(
                limit.limit(), perMinute, known ? limit.source() : "current_rate", perCall, calls));
      }
    }
    Integer fleet = route.fleetConcurrency();
    if (fleet != null) {
      Long avgLatencyMs = route.avgLatencyMs();
      Double calls = avgLatencyMs == null ? null : thousandth(perMinute(fleet, avgLatencyMs));
      constraints.add(new RateConstraint("fleet_concurrency", null, "configured", null, calls));
    }
    return constraints;
  }

  /** Little's law: calls per minute at a given number of calls in flight. */
  static double perMinute(double inFlight, long avgLatencyMs) {
    return inFlight * MILLIS_PER_MINUTE / avgLatencyMs;
  }

  /** Little's law: calls in flight at a given number of calls per minute. */
  static double inFlight(double perMinute, long avgLatencyMs) {
    return perMinute * avgLatencyMs / MILLIS_PER_MINUTE;
  }

  static double thousandth(double number) {
    return Math.round(number * 1000) / 1000.0;
  }

  private static @Nullable Long perCall(String limit, RouteStatus route) {
    return switch (limit) {
      case "requests" -> (Long) 1L;
      case "tokens" -> route.tokensPerCall();
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> null; // a limit of a newer worker version
    };
  }
}
