package dev.sluice.producer.route.explain;

import dev.sluice.api.route.RouteStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The limit that determines the rate of a route.
 *
 * @param limit name of a rate limit, or {@link #CONCURRENCY}
 * @param perMinute how much of the limit the route uses per minute
 * @param perTask how much of the limit one task uses
 */
record BindingLimit(String limit, double perMinute, double perTask) {

  static final String CONCURRENCY = "concurrency";

  private static final double MILLIS_PER_MINUTE = 60_000;

  /** Returns the name in the API. */
  String kind() {
    return isConcurrency() ? CONCURRENCY : limit + "_per_minute";
  }

  boolean isConcurrency() {
    return limit.equals(CONCURRENCY);
  }

  /** Returns the tightest known limit; empty if none is known. */
  static Optional<BindingLimit> of(RouteStatus route) {
    List<BindingLimit> known = new ArrayList<>();
    for (RouteStatus.Limit limit : route.limits()) {
      Long rate = limit.targetPerMinute() == null ? limit.perMinute() : limit.targetPerMinute();
      Long perTask = perTask(route, limit.limit());
      if (rate != null && perTask != null) {
        known.add(new BindingLimit(limit.limit(), rate, perTask));
      }
    }
    Long avgLatencyMs = route.avgLatencyMs();
    if (avgLatencyMs != null && route.workers() > 0) {
      double calls = maxCalls(route) * MILLIS_PER_MINUTE / Math.max(1, avgLatencyMs);
      known.add(new BindingLimit(CONCURRENCY, calls, 1));
    }
    return known.stream().min(Comparator.comparingDouble(BindingLimit::tasksPerMinute));
  }

  double tasksPerMinute() {
    return perMinute / perTask;
  }

  static long maxCalls(RouteStatus route) {
    long all = route.workers() * route.concurrency();
    Integer fleet = route.fleetConcurrency();
    return fleet == null ? all : Math.min(all, fleet);
  }

  private static @Nullable Long perTask(RouteStatus route, String limit) {
    return switch (limit) {
      case "requests" -> 1L;
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> route.tokensPerCall();
    };
  }
}
