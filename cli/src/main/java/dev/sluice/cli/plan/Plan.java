package dev.sluice.cli.plan;

import dev.sluice.cli.client.RouteState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What it takes to use a route's whole allowance, and when its backlog will be done.
 *
 * <p>The tightest bound gives the rate. By Little's law, rate times latency is how many calls have
 * to be in flight for it, and that over a worker's concurrency is how many workers it takes. What
 * is not known yet stays empty and is said in the notes; nothing is guessed.
 *
 * @param route as the producer told it
 * @param bounds what bounds the rate
 * @param binding the tightest of those that are known; empty where none is
 * @param callsInFlight that it takes to go at the tightest bound; empty where that is not known
 * @param workersToSaturate how many workers have that many; empty where that is not known
 * @param backlog tasks to do; empty where that is not known
 * @param now how it goes with the workers that are there; empty where that is not known
 * @param saturated how it goes with enough workers; empty where that is not known
 * @param notes sentences about what is not known
 */
record Plan(
    RouteState route,
    List<Bound> bounds,
    Optional<Bound> binding,
    OptionalDouble callsInFlight,
    OptionalLong workersToSaturate,
    OptionalLong backlog,
    Optional<Outlook> now,
    Optional<Outlook> saturated,
    List<String> notes) {
  private static final double ROUNDING = 1e-9;

  /**
   * How it goes with so many workers.
   *
   * @param workers empty where it is not known how many it takes
   * @param callsPerMinute above 0
   * @param done how long the backlog takes; empty where it is not known
   */
  record Outlook(OptionalLong workers, double callsPerMinute, Optional<Duration> done) {
    static Outlook of(OptionalLong workers, double callsPerMinute, OptionalLong backlog) {
      return new Outlook(
          workers,
          callsPerMinute,
          backlog.isPresent()
              ? Optional.of(
                  Duration.ofSeconds(
                      (long) Math.ceil(backlog.getAsLong() * 60 / callsPerMinute - ROUNDING)))
              : Optional.empty());
    }
  }

  /**
   * For one route.
   *
   * @param given a backlog to count with; empty for the route's own
   */
  static Plan of(RouteState route, OptionalLong given) {
    List<Bound> bounds = Bound.of(route);
    Optional<Bound> binding =
        bounds.stream()
            .filter(bound -> bound.callsPerMinute().orElse(0) > 0)
            .min(Comparator.comparingDouble(bound -> bound.callsPerMinute().getAsDouble()));
    OptionalDouble best =
        binding.isPresent() ? binding.get().callsPerMinute() : OptionalDouble.empty();
    OptionalLong backlog = given.isPresent() ? given : backlog(route);
    OptionalDouble inFlight =
        best.isPresent() && route.callMs().isPresent()
            ? OptionalDouble.of(Bound.inFlight(best.getAsDouble(), route.callMs().getAsLong()))
            : OptionalDouble.empty();
    OptionalLong workers = inFlight.isPresent() ? workers(inFlight, route) : OptionalLong.empty();
    OptionalDouble present = presentRate(route, best);
    return new Plan(
        route,
        bounds,
        binding,
        inFlight,
        workers,
        backlog,
        present.isPresent()
            ? Optional.of(
                Outlook.of(OptionalLong.of(route.workers()), present.getAsDouble(), backlog))
            : Optional.empty(),
        best.isPresent()
            ? Optional.of(Outlook.of(workers, best.getAsDouble(), backlog))
            : Optional.empty(),
        notes(route, bounds, best, backlog));
  }

  /** Whether the workers that are there use all that is allowed. */
  boolean isSaturated() {
    return workersToSaturate.isPresent() && route.workers() >= workersToSaturate.getAsLong();
  }

  private static OptionalLong backlog(RouteState route) {
    return route.queued().isPresent() && route.inBroker().isPresent()
        ? OptionalLong.of(route.queued().getAsLong() + route.inBroker().getAsLong())
        : OptionalLong.empty();
  }

  private static OptionalLong workers(OptionalDouble inFlight, RouteState route) {
    double workers = inFlight.getAsDouble() / Math.max(1, route.concurrency());
    return OptionalLong.of(Math.max(1, (long) Math.ceil(workers - ROUNDING)));
  }

  /** Empty without workers, and before the first call. */
  private static OptionalDouble presentRate(RouteState route, OptionalDouble best) {
    if (route.workers() == 0 || route.callMs().isEmpty()) {
      return OptionalDouble.empty();
    }
    double slots = (double) route.workers() * Math.max(1, route.concurrency());
    double able = Bound.perMinute(slots, route.callMs().getAsLong());
    return OptionalDouble.of(Math.min(able, best.orElse(able)));
  }

  private static List<String> notes(
      RouteState route, List<Bound> bounds, OptionalDouble best, OptionalLong backlog) {
    List<String> notes = new ArrayList<>();
    if (route.workers() == 0) {
      notes.add("No worker is there.");
    }
    if (route.callMs().isEmpty()) {
      notes.add("No call was made yet: latency unknown, and with it how many workers it takes.");
    }
    for (Bound bound : bounds) {
      if (bound.perMinute().isPresent() && bound.perCall().isEmpty()) {
        notes.add(
            "What a call takes of the %s is not known yet: that limit may bind earlier."
                .formatted(bound.words()));
      }
      if (bound.source().equals("pace")) {
        notes.add(
            "The limit of %s is not known yet: this counts with the pace that the workers try now."
                .formatted(bound.words()));
      }
    }
    if (best.isEmpty()) {
      notes.add("No limit is known yet: how fast the route can go is not known.");
    }
    if (backlog.isEmpty()) {
      notes.add("The database is away, the backlog is not known: give one with --backlog.");
    }
    if (route.hold().isPresent()) {
      notes.add(
          "The route rests now (%s): times count from when it goes on."
              .formatted(route.waitsFor().orElse(route.hold().get().kind())));
    }
    return notes;
  }
}
