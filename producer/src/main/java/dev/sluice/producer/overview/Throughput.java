package dev.sluice.producer.overview;

import dev.sluice.api.route.RouteList;
import dev.sluice.api.route.RouteStatus;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import dev.sluice.producer.route.report.RouteStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Records the throughput and the limits of each route in the last 15 minutes, from the workers'
 * reports. Kept in memory only: the history is empty after a start.
 */
@Component
class Throughput extends SingleLoopTask {
  static final int SECONDS = 5;
  private static final int POINTS = 180;

  private final RouteStatuses routeStatuses;
  private final Map<String, Deque<Point>> byRoute = new LinkedHashMap<>();
  private final Map<WorkerOfRoute, WorkerSample> samples = new HashMap<>();

  Throughput(RouteStatuses routeStatuses) {
    super("throughput", Duration.ofSeconds(1));
    this.routeStatuses = routeStatuses;
  }

  /**
   * The throughput of a route in one interval.
   *
   * @param t start of the interval, Unix seconds, UTC
   * @param seconds length of the interval so far, 1-5
   * @param calls finished calls
   * @param throttled those of them with status 429
   * @param tokens estimated tokens charged to them
   * @param requestsPerMinute the provider's limit; null if unknown
   * @param tokensPerMinute the provider's limit; null if unknown
   */
  record Point(
      long t,
      int seconds,
      long calls,
      long throttled,
      long tokens,
      @Nullable Long requestsPerMinute,
      @Nullable Long tokensPerMinute) {}

  private record WorkerOfRoute(String worker, String route) {}

  private record WorkerSample(long finished, long throttled, Instant at) {}

  /** Returns the points of each route, the oldest first. */
  synchronized Map<String, List<Point>> history() {
    Map<String, List<Point>> all = new LinkedHashMap<>();
    byRoute.forEach((route, points) -> all.put(route, List.copyOf(points)));
    return all;
  }

  /** Returns the last two points of each route, which may still change. */
  synchronized Map<String, List<Point>> newest() {
    Map<String, List<Point>> all = new LinkedHashMap<>();
    byRoute.forEach(
        (route, points) ->
            all.put(route, points.stream().skip(Math.max(0, points.size() - 2L)).toList()));
    return all;
  }

  @Override
  protected synchronized boolean round() {
    RouteList list = routeStatuses.nowWithoutTasks();
    for (RouteStatus route : list.routes()) {
      add(route, list.at());
    }
    // A worker whose reports are late for some seconds continues with its counts.
    Instant oldest = list.at().minusSeconds((long) SECONDS * POINTS);
    samples.values().removeIf(sample -> sample.at().isBefore(oldest));
    return false;
  }

  private void add(RouteStatus route, Instant at) {
    long calls = 0;
    long throttled = 0;
    long tokens = 0;
    for (RouteStatus.Worker worker : route.perWorker()) {
      WorkerOfRoute key = new WorkerOfRoute(worker.name(), route.name());
      WorkerSample sample = new WorkerSample(worker.callsFinished(), worker.throttled(), at);
      WorkerSample before = samples.put(key, sample);
      if (before != null && sample.finished() >= before.finished()) {
        long finished = sample.finished() - before.finished();
        calls += finished;
        throttled += Math.max(0, sample.throttled() - before.throttled());
        tokens += worker.tokensPerCall() == null ? 0 : finished * worker.tokensPerCall();
      }
    }
    long t = at.getEpochSecond() / SECONDS * SECONDS;
    Deque<Point> points = byRoute.computeIfAbsent(route.name(), name -> new ArrayDeque<>());
    Point last = points.peekLast();
    if (last != null && last.t() == t) {
      points.removeLast();
      calls += last.calls();
      throttled += last.throttled();
      tokens += last.tokens();
    }
    int seconds = (int) (at.getEpochSecond() - t) + 1;
    points.addLast(
        new Point(
            t,
            seconds,
            calls,
            throttled,
            tokens,
            limit(route, "requests"),
            limit(route, "tokens")));
    if (points.size() > POINTS) {
      points.removeFirst();
    }
  }

  private static @Nullable Long limit(RouteStatus route, String name) {
    return route.limits().stream()
        .filter(limit -> limit.limit().equals(name))
        .map(RouteStatus.Limit::perMinute)
        .findFirst()
        .orElse(null);
  }
}
