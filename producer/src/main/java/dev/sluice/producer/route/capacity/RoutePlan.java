package dev.sluice.producer.route.capacity;

import dev.sluice.producer.route.report.RouteStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The capacity plan of a route: how many workers use its full rate limit, and when its backlog is
 * finished.
 *
 * <p>The tightest constraint gives the rate. By Little's law, the calls in flight are rate times
 * latency; divided by the concurrency of a worker, they give the number of workers. Unknown values
 * stay null and the notes name them; nothing is guessed.
 *
 * @param route name of the route
 * @param limits the constraints on the rate
 * @param bindingLimit the tightest known constraint; null if none is known
 * @param avgLatencyMs average latency of a call in ms; null before the first call
 * @param callsInFlight calls in flight at the rate of the binding limit; null if unknown
 * @param concurrency maximum number of parallel calls of one worker
 * @param fleetConcurrency maximum number of parallel calls of all workers; null for no maximum
 * @param workers number of workers that accept tasks
 * @param workersToSaturate workers that it takes to reach the binding limit; null if unknown
 * @param workersDesired workers that the route can use now, see {@link DesiredWorkers}
 * @param backlog unfinished tasks; null if unknown
 * @param now forecast with the present workers; null if unknown
 * @param saturated forecast with enough workers to reach the binding limit; null if unknown
 * @param notes sentences about what is unknown
 */
record RoutePlan(
    String route,
    List<RateConstraint> limits,
    @Nullable String bindingLimit,
    @Nullable Long avgLatencyMs,
    @Nullable Double callsInFlight,
    int concurrency,
    @Nullable Integer fleetConcurrency,
    long workers,
    @Nullable Long workersToSaturate,
    long workersDesired,
    @Nullable Long backlog,
    @Nullable Forecast now,
    @Nullable Forecast saturated,
    List<String> notes) {
  private static final double ROUNDING = 0.001;

  /**
   * A forecast with a given number of workers.
   *
   * @param workers null if it is unknown how many workers it takes
   * @param callsPerMinute above 0
   * @param seconds time until the backlog is finished; null if unknown
   */
  record Forecast(@Nullable Long workers, double callsPerMinute, @Nullable Long seconds) {
    static Forecast of(@Nullable Long workers, double callsPerMinute, @Nullable Long backlog) {
      return new Forecast(
          workers,
          RateConstraint.thousandth(callsPerMinute),
          backlog == null ? null : (Long) ceil(backlog * 60 / callsPerMinute));
    }
  }

  /**
   * Plans one route.
   *
   * @param givenBacklog the backlog to plan for; null for the route's own
   */
  static RoutePlan of(RouteStatus route, Demand demand, @Nullable Long givenBacklog) {
    List<RateConstraint> constraints = RateConstraint.of(route);
    Optional<RateConstraint> binding =
        constraints.stream()
            .filter(
                constraint ->
                    constraint.callsPerMinute() != null && constraint.callsPerMinute() > 0)
            .min(Comparator.comparingDouble(constraint -> calls(constraint)));
    Double maxRate = binding.map(RoutePlan::calls).orElse(null);
    Long avgLatencyMs = route.avgLatencyMs();
    Long backlog = givenBacklog == null ? backlog(route) : givenBacklog;
    Double inFlight =
        maxRate == null || avgLatencyMs == null
            ? null
            : (Double) RateConstraint.thousandth(RateConstraint.inFlight(maxRate, avgLatencyMs));
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
        present == null ? null : Forecast.of(route.workers(), present, backlog),
        maxRate == null ? null : Forecast.of(toSaturate, maxRate, backlog),
        notes(route, constraints, maxRate, backlog));
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
        RateConstraint.perMinute(
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
