package dev.sluice.producer.route.capacity;

import dev.sluice.api.route.RoutePlan;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.api.route.RouteStatus.Hold;
import dev.sluice.api.route.RouteStatus.Limit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A route with one worker of concurrency 8 and 50 tasks in the broker; a call takes 2 s and 300 +
 * 100 tokens.
 */
final class TestRoute {
  List<Limit> limits = List.of();
  @Nullable Integer fleetConcurrency;
  long workers = 1;
  long running;
  long waiting;
  @Nullable Long queued = 0L;
  @Nullable Long inBroker = 50L;
  @Nullable Long avgLatencyMs = 2000L;
  @Nullable Long tokens = 400L;
  @Nullable Hold hold;

  TestRoute limit(String name, long perMinute) {
    Limit limit = new Limit(name, perMinute, "advertised", null, null);
    limits = Stream.concat(limits.stream(), Stream.of(limit)).toList();
    return this;
  }

  RoutePlan plan() {
    return RoutePlanner.plan(status(), new Demand(queued, 0, 0), null);
  }

  RouteStatus status() {
    return new RouteStatus(
        "mini",
        List.of("*"),
        "host",
        8,
        fleetConcurrency,
        workers,
        running,
        waiting,
        queued,
        inBroker,
        null,
        hold,
        limits,
        null,
        0,
        0,
        avgLatencyMs,
        tokens,
        300L,
        100L,
        null,
        Map.of(),
        List.of(),
        List.of());
  }
}
