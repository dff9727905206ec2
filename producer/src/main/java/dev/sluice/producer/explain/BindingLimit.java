package dev.sluice.producer.explain;

import dev.sluice.producer.report.RouteStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a route from going faster.
 *
 * @param what one of the limits' names, or {@code calls} where all calls that may run do
 * @param perMinute how much of it goes in a minute
 * @param perTask how much of it a task takes
 */
record BindingLimit(String what, double perMinute, double perTask) {
  private static final double MILLIS_A_MINUTE = 60_000;

  /** The narrowest of all that is known; empty where nothing is. */
  static Optional<BindingLimit> of(RouteStatus route) {
    List<BindingLimit> known = new ArrayList<>();
    for (RouteStatus.Limit limit : route.limits()) {
      Long pace = limit.pacePerMinute() == null ? limit.perMinute() : limit.pacePerMinute();
      Long perTask = perTask(route, limit.what());
      if (pace != null && perTask != null) {
        known.add(new BindingLimit(limit.what(), pace, perTask));
      }
    }
    Long callMs = route.callMs();
    if (callMs != null && route.workers() > 0) {
      double calls = mostCalls(route) * MILLIS_A_MINUTE / Math.max(1, callMs);
      known.add(new BindingLimit("calls", calls, 1));
    }
    return known.stream().min(Comparator.comparingDouble(BindingLimit::tasksPerMinute));
  }

  double tasksPerMinute() {
    return perMinute / perTask;
  }

  static long mostCalls(RouteStatus route) {
    long all = route.workers() * route.concurrency();
    Integer fleet = route.fleetConcurrency();
    return fleet == null ? all : Math.min(all, fleet);
  }

  private static @Nullable Long perTask(RouteStatus route, String what) {
    return switch (what) {
      case "requests" -> 1L;
      case "input_tokens" -> route.inputTokensPerCall();
      case "output_tokens" -> route.outputTokensPerCall();
      default -> route.tokensPerCall();
    };
  }
}
