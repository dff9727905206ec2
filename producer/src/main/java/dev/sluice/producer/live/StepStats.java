package dev.sluice.producer.live;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.CallStats;
import dev.sluice.producer.access.Project;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Counts live calls by step, to find the step of a graph that calls too often, waits longest or
 * exceeds rate limits most often.
 */
@Component
public class StepStats {
  /** The step of calls that name none. */
  static final String UNNAMED = "-";

  /**
   * The step of all calls beyond 100 names of a project: names are metric labels, so their number
   * is bounded.
   */
  static final String OTHERS = "(others)";

  static final int MAX_NAMES = 100;

  private final Map<Project, Set<String>> namesByProject = new ConcurrentHashMap<>();

  /** Bounded by projects, which the administrator creates, by routes and by names. */
  private final Map<StepKey, Tally> tallies = new ConcurrentHashMap<>();

  private final MeterRegistry metrics;

  StepStats(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  private record StepKey(Project project, String route, String step) {}

  /** The totals of one step. */
  private static final class Tally {
    private long calls;
    private long unfinished;
    private long ended;
    private long failed;
    private long rateLimits;
    private long totalWaitMillis;
    private long maxWaitMillis;
  }

  /**
   * The totals of one step since the start of this producer.
   *
   * @param calls calls that arrived
   * @param unfinished calls that wait or whose client reads the reply
   * @param failed finished calls without a 2xx reply
   * @param throttles 429s that were retried, so that callers did not receive them
   * @param avgWaitMs average wait of the finished calls without the provider's latency, in ms
   * @param maxWaitMs longest wait of a finished call, in ms
   */
  public record Row(
      String project,
      String route,
      String step,
      long calls,
      long unfinished,
      long failed,
      long throttles,
      long avgWaitMs,
      long maxWaitMs) {}

  /** Returns the name under which to count a step of a project. */
  String name(Project project, String step) {
    if (step.isEmpty()) {
      return UNNAMED;
    }
    Set<String> names =
        namesByProject.computeIfAbsent(project, absent -> ConcurrentHashMap.newKeySet());
    if (names.size() >= MAX_NAMES && !names.contains(step)) {
      return OTHERS;
    }
    names.add(step);
    return step;
  }

  /** Counts a call as in flight until the result is closed. */
  CountedCall count(LiveCall call) {
    return new CountedCall(call);
  }

  /** Returns the totals of all steps, most calls first. */
  public List<Row> rows() {
    return tallies.entrySet().stream()
        .map(entry -> row(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Row::calls).reversed())
        .toList();
  }

  private static Row row(StepKey key, Tally tally) {
    synchronized (tally) {
      return new Row(
          key.project().name(),
          key.route(),
          key.step(),
          tally.calls,
          tally.unfinished,
          tally.failed,
          tally.rateLimits,
          tally.ended == 0 ? 0 : tally.totalWaitMillis / tally.ended,
          tally.maxWaitMillis);
    }
  }

  private Tally tally(LiveCall call) {
    return tallies.computeIfAbsent(
        new StepKey(call.caller().project(), call.route(), call.step()), absent -> new Tally());
  }

  /** Records how one call ends. */
  final class CountedCall implements AutoCloseable {
    private final LiveCall call;
    private final Tally tally;
    private String result = "rejected";
    private Duration wait = Duration.ZERO;
    private boolean streaming;
    private int rateLimits;

    private CountedCall(LiveCall call) {
      this.call = call;
      this.tally = tally(call);
      synchronized (tally) {
        tally.calls++;
        tally.unfinished++;
      }
    }

    /** The first chunk of a stream has arrived. */
    void streamBegan() {
      streaming = true;
      wait = call.waited();
    }

    void replied(CallStats stats, int status) {
      result = Integer.toString(status);
      rateLimits = stats.throttles();
      if (!streaming) {
        Duration waited = call.waited().minus(stats.latency());
        wait = waited.isNegative() ? Duration.ZERO : waited;
      }
    }

    void failed(LiveMessage.Failed failed) {
      result = failed.failure().code();
      rateLimits = failed.stats().throttles();
    }

    /**
     * The call has ended without a reply.
     *
     * @param reason {@code client_disconnected}, {@code timeout} or {@code connection_error}
     */
    void ended(String reason) {
      result = reason;
      wait = call.waited();
    }

    @Override
    public void close() {
      synchronized (tally) {
        tally.unfinished--;
        tally.ended++;
        tally.failed += result.startsWith("2") ? 0 : 1;
        tally.rateLimits += rateLimits;
        tally.totalWaitMillis += wait.toMillis();
        tally.maxWaitMillis = Math.max(tally.maxWaitMillis, wait.toMillis());
      }
      Counter.builder("sluice.live.calls")
          .description("Finished live calls")
          .tags("route", call.route(), "step", call.step(), "result", result)
          .register(metrics)
          .increment();
      Counter.builder("sluice.live.throttles")
          .description(
              "429s of the provider that were retried, so that callers did not receive them")
          .tags("route", call.route(), "step", call.step())
          .register(metrics)
          .increment(rateLimits);
      Timer.builder("sluice.live.wait")
          .description("Wait of live calls without the provider's latency")
          .tags("route", call.route(), "step", call.step())
          .register(metrics)
          .record(wait);
    }
  }
}
