package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RateConstraint;
import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RouteStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans the capacity of a route.
 *
 * <p>The tightest constraint gives the rate. By Little's law, the calls in flight are rate times
 * latency; divided by the concurrency of a worker, they give the number of workers. Unknown values
 * stay null and the notes name them; nothing is guessed.
 */
final class RoutePlanner {
  private static final double ROUNDING = 0.001;

  private RoutePlanner() {}

  /**
   * Plans one route.
   *
   * @param givenBacklog the backlog to plan for; null for the route's own
   */
  static RoutePlan plan(RouteStatus route, Demand demand, @Nullable Long givenBacklog) {
    List<RateConstraint> constraints = RateConstraints.of(route);
    Optional<RateConstraint> binding =
        constraints.stream()
            .filter(
                constraint ->
                    constraint.callsPerMinute() != null && constraint.callsPerMinute() > 0)
            .min(Comparator.comparingDouble(constraint -> calls(constraint)));
    Double maxRate = binding.map(RoutePlanner::calls).orElse(null);
    Long avgLatencyMs = route.avgLatencyMs();
    Long backlog = givenBacklog == null ? backlog(route) : givenBacklog;
    Double inFlight =
        maxRate == null || avgLatencyMs == null
            ? null
            : (Double) RateConstraints.thousandth(RateConstraints.inFlight(maxRate, avgLatencyMs));
    Long toSaturate = inFlight == null ? null : (Long) workers(inFlight, route);
    Double present = presentRate(route, maxRate);
    return new RoutePlan(
        route.name(),
        constraints,
        binding.map(RateConstraint::limit).orElse(null),
        avgLatencyMs,
        inFlight,
        route.concurrency(),
        route.fleetConcurrency(),
        route.workers(),
        toSaturate,
        DesiredWorkers.of(route, demand, toSaturate),
        backlog,
        present == null ? null : forecast(route.workers(), present, backlog),
        maxRate == null ? null : forecast(toSaturate, maxRate, backlog),
        notes(route, constraints, maxRate, backlog));
  }

  private static RoutePlan.Forecast forecast(
      @Nullable Long workers, double callsPerMinute, @Nullable Long backlog) {
    return new RoutePlan.Forecast(
        workers,
        RateConstraints.thousandth(callsPerMinute),
        backlog == null ? null : (Long) ceil(backlog * 60 / callsPerMinute));
  }

  private static double calls(RateConstraint constraint) {
    return Objects.requireNonNull(constraint.callsPerMinute());
  }

  private static @Nullable Long backlog(RouteStatus route) {
    Long queued = route.queued();
    Long inBroker = route.inBroker();
    return queued == null || inBroker == null ? null : (Long) (queued + inBroker);
  }

  private static long workers(double inFlight, RouteStatus route) {
    return Math.max(1, ceil(inFlight / Math.max(1, route.concurrency())));
  }

  private static long ceil(double number) {
    return (long) Math.ceil(number - ROUNDING);
  }

  /** Returns the rate of the present workers; null without workers or before the first call. */
  private static @Nullable Double presentRate(RouteStatus route, @Nullable Double maxRate) {
    Long avgLatencyMs = route.avgLatencyMs();
    if (route.workers() == 0 || avgLatencyMs == null) {
      return null;
    }
    double byWorkers =
        RateConstraints.perMinute(
            (double) route.workers() * Math.max(1, route.concurrency()), avgLatencyMs);
    return maxRate == null ? byWorkers : Math.min(byWorkers, maxRate);
  }

  private static List<String> notes(
      RouteStatus route,
      List<RateConstraint> constraints,
      @Nullable Double maxRate,
      @Nullable Long backlog) {
    List<String> notes = new ArrayList<>();
    if (route.workers() == 0) {
      notes.add("No workers are connected.");
    }
    if (route.avgLatencyMs() == null) {
      notes.add(
          "No call has finished yet, so the latency and the number of workers needed are unknown.");
    }
    for (RateConstraint constraint : constraints) {
      if (constraint.perMinute() != null && constraint.perCall() == null) {
        notes.add(
            "The number of %s per call is not known yet, so this limit may be reached earlier."
                .formatted(constraint.readableName()));
      }
      if (constraint.source().equals("current_rate")) {
        notes.add(
            "The limit of %s per minute is not known yet; this plan uses the workers' current rate."
                .formatted(constraint.readableName()));
      }
    }
    if (maxRate == null) {
      notes.add("No limit is known yet, so the maximum rate is unknown.");
    }
    if (backlog == null) {
      notes.add("The database is unavailable, so the backlog is unknown. Set it with --backlog.");
    }
    RouteStatus.Hold hold = route.hold();
    if (hold != null && !hold.partial()) {
      String reason = route.waitsFor() == null ? hold.kind() : route.waitsFor();
      notes.add("The route is held (%s); times count from the end of the hold.".formatted(reason));
    }
    return notes;
  }
}
