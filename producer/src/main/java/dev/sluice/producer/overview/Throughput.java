package dev.sluice.producer.overview;

import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.report.RouteStatus;
import dev.sluice.producer.report.RouteStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How many calls each route made in the last quarter of an hour, and how many it might have made,
 * by what the workers report. Kept in memory: a producer that starts knows no past.
 */
@Component
class Throughput extends BackgroundTask {
  static final int SECONDS = 5;
  private static final int POINTS = 180;

  private final RouteStatuses board;
  private final Map<String, Deque<Point>> byRoute = new LinkedHashMap<>();
  private final Map<WorkerOfRoute, WorkerSample> seen = new HashMap<>();
  private final BackgroundLoop loop =
      new BackgroundLoop("throughput", Duration.ofSeconds(1), this::round);

  Throughput(RouteStatuses board) {
    this.board = board;
  }

  /**
   * Some seconds of a route.
   *
   * @param t when they began, in seconds since 1970
   * @param seconds how many they are
   * @param calls that ended in them
   * @param throttled of these, those that met a rate limit
   * @param tokens that they were charged, about
   * @param requestsPerMinute what the provider allows; null where that is not known
   * @param tokensPerMinute the same of tokens
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

  private record WorkerSample(long ended, long throttled) {}

  /** Each route's points, the oldest first. */
  synchronized Map<String, List<Point>> history() {
    Map<String, List<Point>> all = new LinkedHashMap<>();
    byRoute.forEach((route, points) -> all.put(route, List.copyOf(points)));
    return all;
  }

  /** Each route's points that may have changed within the last seconds. */
  synchronized Map<String, List<Point>> newest() {
    Map<String, List<Point>> all = new LinkedHashMap<>();
    byRoute.forEach(
        (route, points) ->
            all.put(route, points.stream().skip(Math.max(0, points.size() - 2L)).toList()));
    return all;
  }

  synchronized boolean round() {
    RouteStatuses.RouteList list = board.ofTheWorkers();
    Set<WorkerOfRoute> there = new HashSet<>();
    for (RouteStatus route : list.routes()) {
      add(route, list.at(), there);
    }
    seen.keySet().retainAll(there);
    return false;
  }

  private void add(RouteStatus route, Instant at, Set<WorkerOfRoute> there) {
    long calls = 0;
    long throttled = 0;
    long tokens = 0;
    for (RouteStatus.Worker worker : route.perWorker()) {
      WorkerOfRoute key = new WorkerOfRoute(worker.name(), route.name());
      there.add(key);
      WorkerSample now = new WorkerSample(worker.callsEnded(), worker.throttled());
      WorkerSample before = seen.put(key, now);
      if (before != null && now.ended() >= before.ended()) {
        long ended = now.ended() - before.ended();
        calls += ended;
        throttled += Math.max(0, now.throttled() - before.throttled());
        tokens += worker.tokensPerCall() == null ? 0 : ended * worker.tokensPerCall();
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
            allowed(route, "requests"),
            allowed(route, "tokens")));
    if (points.size() > POINTS) {
      points.removeFirst();
    }
  }

  private static @Nullable Long allowed(RouteStatus route, String what) {
    return route.limits().stream()
        .filter(limit -> limit.limit().equals(what))
        .map(RouteStatus.Limit::perMinute)
        .findFirst()
        .orElse(null);
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
