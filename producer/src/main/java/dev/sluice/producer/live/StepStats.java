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
 * Counts live calls by the steps that make them, which is how one finds the step that explodes: the
 * node of a graph that calls too often, waits longest or meets the most rate limits.
 */
@Component
public class StepStats {
  /** What does not say which step it is. */
  static final String UNNAMED = "-";

  /** Where there are too many, the rest is counted together: a step's name is a label. */
  static final String OTHERS = "(others)";

  private static final int MOST_NAMES = 100;
  private static final int MOST_ROWS = 1000;

  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private final Map<StepKey, Tally> tallies = new ConcurrentHashMap<>();
  private final MeterRegistry metrics;

  StepStats(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  private record StepKey(Project project, String route, String step) {}

  /** The sums of one step. */
  private static final class Tally {
    private long calls;
    private long running;
    private long ended;
    private long failed;
    private long throttles;
    private long waitedMillis;
    private long longestWaitMillis;
  }

  /**
   * One step since the start of this producer.
   *
   * @param inFlight callers who wait or read their answer now
   * @param failed calls that ended without a good answer
   * @param rateLimitsAbsorbed rate limits of the provider that its callers did not see
   * @param avgWaitMs how long an ended call waited on average, without the provider's time
   * @param maxWaitMs the longest of them
   */
  public record Row(
      String project,
      String route,
      String step,
      long calls,
      long inFlight,
      long failed,
      long rateLimitsAbsorbed,
      long avgWaitMs,
      long maxWaitMs) {}

  /** The name under which a step is counted. */
  String name(String step) {
    if (step.isEmpty()) {
      return UNNAMED;
    }
    if (names.size() >= MOST_NAMES && !names.contains(step)) {
      return OTHERS;
    }
    names.add(step);
    return step;
  }

  /** Counts a call until it is closed. */
  CountedCall count(LiveCall call) {
    return new CountedCall(call);
  }

  /** The busiest first. */
  public List<Row> rows() {
    return tallies.entrySet().stream()
        .map(entry -> row(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Row::calls).reversed())
        .toList();
  }

  private static Row row(StepKey stepKey, Tally tally) {
    synchronized (tally) {
      return new Row(
          stepKey.project().name(),
          stepKey.route(),
          stepKey.step(),
          tally.calls,
          tally.running,
          tally.failed,
          tally.throttles,
          tally.ended == 0 ? 0 : tally.waitedMillis / tally.ended,
          tally.longestWaitMillis);
    }
  }

  private Tally tally(LiveCall call) {
    StepKey stepKey = new StepKey(call.caller().project(), call.route(), call.step());
    return tallies.size() < MOST_ROWS || tallies.containsKey(stepKey)
        ? tallies.computeIfAbsent(stepKey, one -> new Tally())
        : new Tally();
  }

  /** One call, while it is counted. */
  final class CountedCall implements AutoCloseable {
    private final LiveCall call;
    private final Tally tally;
    private String result = "rejected";
    private Duration wait = Duration.ZERO;
    private boolean began;
    private int throttles;

    private CountedCall(LiveCall call) {
      this.call = call;
      this.tally = tally(call);
      synchronized (tally) {
        tally.calls++;
        tally.running++;
      }
    }

    /** The first of a stream is here. */
    void began() {
      began = true;
      wait = call.waited();
    }

    void answered(CallStats facts, int status) {
      result = Integer.toString(status);
      throttles = facts.throttles();
      if (!began) {
        Duration without = call.waited().minus(facts.latency());
        wait = without.isNegative() ? Duration.ZERO : without;
      }
    }

    void failed(LiveMessage.Failed failed) {
      result = failed.failure().code();
      throttles = failed.stats().throttles();
    }

    /**
     * It ended without an answer.
     *
     * @param how {@code client_disconnected}, {@code timeout} or {@code connection_error}
     */
    void ended(String how) {
      result = how;
      wait = call.waited();
    }

    @Override
    public void close() {
      synchronized (tally) {
        tally.running--;
        tally.ended++;
        tally.failed += result.startsWith("2") ? 0 : 1;
        tally.throttles += throttles;
        tally.waitedMillis += wait.toMillis();
        tally.longestWaitMillis = Math.max(tally.longestWaitMillis, wait.toMillis());
      }
      Counter.builder("sluice.live.calls")
          .description("Live calls that ended")
          .tags("route", call.route(), "step", call.step(), "result", result)
          .register(metrics)
          .increment();
      Counter.builder("sluice.live.rate.limits.absorbed")
          .description("Rate limits of the provider that callers did not see")
          .tags("route", call.route(), "step", call.step())
          .register(metrics)
          .increment(throttles);
      Timer.builder("sluice.live.wait")
          .description("How long live calls waited, without the provider's time")
          .tags("route", call.route(), "step", call.step())
          .register(metrics)
          .record(wait);
    }
  }
}
