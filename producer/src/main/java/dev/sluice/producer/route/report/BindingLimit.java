package dev.sluice.producer.route.report;

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
public record BindingLimit(String limit, double perMinute, double perTask) {

  public static final String CONCURRENCY = "concurrency";

  private static final double MILLIS_PER_MINUTE = 60_000;

  /** Returns the name in the API. */
  public String kind() {
    return isConcurrency() ? CONCURRENCY : limit + "_per_minute";
  }

  public boolean isConcurrency() {
    return limit.equals(CONCURRENCY);
  }

  /**
   * Returns the limit that the calls in the workers wait for, otherwise the tightest known limit;
   * empty if none is known, and during the slow start.
   */
  public static Optional<BindingLimit> of(RouteStatus route) {
    if (WaitReasons.SLOW_START.equals(route.waitsFor())) {
      return Optional.empty();
    }
    List<BindingLimit> known = known(route);
    return known.stream()
        .filter(limit -> limit.waitsFor(route).equals(route.waitsFor()))
        .findFirst()
        .or(() -> known.stream().min(Comparator.comparingDouble(BindingLimit::tasksPerMinute)));
  }

  private static List<BindingLimit> known(RouteStatus route) {
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
    return known;
  }

  /** Describes the limit as {@link RouteStatus#waitsFor} does. */
  String waitsFor(RouteStatus route) {
    return isConcurrency() ? concurrency(route) : WaitReasons.readable(limit) + " per minute";
  }

  static String concurrency(RouteStatus route) {
    return "concurrency: at most %d calls".formatted(maxCalls(route));
  }

  public double tasksPerMinute() {
    return perMinute / perTask;
  }

  public static long maxCalls(RouteStatus route) {
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
