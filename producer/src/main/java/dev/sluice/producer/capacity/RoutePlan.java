package dev.sluice.producer.capacity;

import dev.sluice.producer.report.RouteStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to use a route's whole allowance, and when its backlog will be done.
 *
 * <p>The tightest bound gives the rate. By Little's law, rate times latency is how many calls have
 * to be in flight for it, and that over a worker's concurrency is how many workers it takes. What
 * is not known yet stays null and is said in the notes; nothing is guessed.
 *
 * @param route its name
 * @param limits what bounds the rate
 * @param binds the tightest of those that are known; null where none is
 * @param callMs how long a call takes; null before the first
 * @param callsInFlight that it takes to go at the tightest bound; null where that is not known
 * @param concurrency calls that one worker runs at once
 * @param fleetConcurrency calls that all workers run at once; null where nothing bounds them
 * @param workers how many take tasks
 * @param workersToSaturate how many workers have that many calls; null where that is not known
 * @param workersWanted how many the route can use now: {@link DesiredWorkers}
 * @param backlog tasks to do; null where that is not known
 * @param now how it goes with the workers that are there; null where that is not known
 * @param saturated how it goes with enough workers; null where that is not known
 * @param notes sentences about what is not known
 */
record RoutePlan(
    String route,
    List<RateConstraint> limits,
    @Nullable String binds,
    @Nullable Long callMs,
    @Nullable Double callsInFlight,
    int concurrency,
    @Nullable Integer fleetConcurrency,
    long workers,
    @Nullable Long workersToSaturate,
    long workersWanted,
    @Nullable Long backlog,
    @Nullable Forecast now,
    @Nullable Forecast saturated,
    List<String> notes) {
  private static final double ROUNDING = 0.001;

  /**
   * How it goes with so many workers.
   *
   * @param workers null where it is not known how many it takes
   * @param callsPerMinute above 0
   * @param seconds how long the backlog takes; null where it is not known
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
   * For one route.
   *
   * @param given a backlog to count with; null for the route's own
   */
  static RoutePlan of(RouteStatus route, Demand demand, @Nullable Long given) {
    List<RateConstraint> bounds = RateConstraint.of(route);
    Optional<RateConstraint> binding =
        bounds.stream()
            .filter(
                rateConstraint ->
                    rateConstraint.callsPerMinute() != null && rateConstraint.callsPerMinute() > 0)
            .min(Comparator.comparingDouble(rateConstraint -> calls(rateConstraint)));
    Double best = binding.map(RoutePlan::calls).orElse(null);
    Long callMs = route.callMs();
    Long backlog = given == null ? backlog(route) : given;
    Double inFlight =
        best == null || callMs == null
            ? null
            : (Double) RateConstraint.thousandth(RateConstraint.inFlight(best, callMs));
    Long toSaturate = inFlight == null ? null : (Long) workers(inFlight, route);
    Double present = presentRate(route, best);
    return new RoutePlan(
        route.name(),
        bounds,
        binding.map(RateConstraint::what).orElse(null),
        callMs,
        inFlight,
        route.concurrency(),
        route.fleetConcurrency(),
        route.workers(),
        toSaturate,
        DesiredWorkers.of(route, demand, toSaturate),
        backlog,
        present == null ? null : Forecast.of(route.workers(), present, backlog),
        best == null ? null : Forecast.of(toSaturate, best, backlog),
        notes(route, bounds, best, backlog));
  }

  private static double calls(RateConstraint rateConstraint) {
    return Objects.requireNonNull(rateConstraint.callsPerMinute());
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

  /** Null without workers, and before the first call. */
  private static @Nullable Double presentRate(RouteStatus route, @Nullable Double best) {
    Long callMs = route.callMs();
    if (route.workers() == 0 || callMs == null) {
      return null;
    }
    double able =
        RateConstraint.perMinute(
            (double) route.workers() * Math.max(1, route.concurrency()), callMs);
    return best == null ? able : Math.min(able, best);
  }

  private static List<String> notes(
      RouteStatus route,
      List<RateConstraint> bounds,
      @Nullable Double best,
      @Nullable Long backlog) {
    List<String> notes = new ArrayList<>();
    if (route.workers() == 0) {
      notes.add("No worker is there.");
    }
    if (route.callMs() == null) {
      notes.add("No call was made yet: latency unknown, and with it how many workers it takes.");
    }
    for (RateConstraint rateConstraint : bounds) {
      if (rateConstraint.perMinute() != null && rateConstraint.perCall() == null) {
        notes.add(
            "What a call takes of the %s is not known yet: that limit may bind earlier."
                .formatted(rateConstraint.words()));
      }
      if (rateConstraint.source().equals("pace")) {
        notes.add(
            "The limit of %s is not known yet: this counts with the pace that the workers try now."
                .formatted(rateConstraint.words()));
      }
    }
    if (best == null) {
      notes.add("No limit is known yet: how fast the route can go is not known.");
    }
    if (backlog == null) {
      notes.add("The database is away, the backlog is not known: give one with --backlog.");
    }
    RouteStatus.Hold hold = route.hold();
    if (hold != null) {
      String why = route.waitsFor() == null ? hold.kind() : route.waitsFor();
      notes.add("The route rests now (%s): times count from when it goes on.".formatted(why));
    }
    return notes;
  }
}
