package dev.sluice.worker.telemetry;

import dev.sluice.common.route.ProviderDialect;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts and times each step of a route's tasks. The labels are bounded: never a task or a batch.
 */
public final class WorkerMetrics {
  private static final String ROUTE = "route";

  private final MeterRegistry registry;
  private final String route;
  private final GenAiMetrics genAi;
  private final AtomicInteger running = new AtomicInteger();
  private final DelayedTasks delayed = new DelayedTasks(() -> System.nanoTime() / 1_000_000);
  private final Timer publish;

  /**
   * @param provider whose ways it has: one of OpenTelemetry's names, or Sluice's for it
   */
  public WorkerMetrics(MeterRegistry registry, String route, ProviderDialect provider) {
    this.registry = registry;
    this.route = route;
    this.genAi = new GenAiMetrics(registry, route, provider);
    for (FailureCode code : FailureCode.values()) {
      dead(code, 0); // an alert sees the first one only where there was a 0 before
    }
    this.publish =
        Timer.builder("sluice.publish.confirm")
            .description("How long the broker took to confirm what a settlement published")
            .tag(ROUTE, route)
            .register(registry);
    Gauge.builder("sluice.calls.running", running, AtomicInteger::get)
        .description("Calls that are with the provider now")
        .tag(ROUTE, route)
        .register(registry);
    Gauge.builder("sluice.delayed.waiting", delayed, DelayedTasks::waiting)
        .description("Tasks that this worker sent to wait in the broker and that are not back yet")
        .tag(ROUTE, route)
        .register(registry);
    Gauge.builder("sluice.delayed.last", delayed, DelayedTasks::secondsToLast)
        .description("How long until the last of them is back")
        .baseUnit("seconds")
        .tag(ROUTE, route)
        .register(registry);
  }

  /** A task came from its queue. */
  public void received(Lane lane, boolean redelivered) {
    Counter.builder("sluice.tasks.received")
        .description("Tasks taken from the route's queues")
        .tags(ROUTE, route, "lane", lane.wireName(), "redelivered", Boolean.toString(redelivered))
        .register(registry)
        .increment();
  }

  public void waitedForPermit(Lane lane, Duration time) {
    Timer.builder("sluice.permit.wait")
        .description("How long a task waited for the right to make its call")
        .tags(ROUTE, route, "lane", lane.wireName())
        .register(registry)
        .record(time);
  }

  public void callStarted() {
    running.incrementAndGet();
  }

  /**
   * A call ended.
   *
   * @param endpoint the provider's path
   * @param result the HTTP status, or one of {@code abandoned}, {@code too_large}, {@code timeout},
   *     {@code broken}, {@code not_connected}
   */
  public void callEnded(String endpoint, String result, Duration time) {
    running.decrementAndGet();
    genAi.called(endpoint, result, time);
    Timer.builder("sluice.provider.call")
        .description("Exchanges with the provider, to the last byte")
        .tags(ROUTE, route, "result", result)
        .register(registry)
        .record(time);
  }

  /** The provider counted these tokens. */
  public void tokens(String endpoint, long prompt, long completion) {
    genAi.used(endpoint, prompt, completion);
    tokens("prompt", (double) prompt);
    tokens("completion", (double) completion);
  }

  /**
   * A task was settled.
   *
   * @param settlement what was done: {@code finish}, {@code bury}, {@code delay}, {@code
   *     hand_back}, {@code drop}, {@code put_back}, {@code pass_over}
   */
  public void settled(String settlement) {
    Counter.builder("sluice.settlements")
        .description("What was done with the tasks that were taken")
        .tags(ROUTE, route, "settlement", settlement)
        .register(registry)
        .increment();
  }

  /** A task came to its end with so many attempts. */
  public void succeededAfter(int attempts) {
    DistributionSummary.builder("sluice.task.attempts")
        .description("Attempts that a task took which was completed")
        .tag(ROUTE, route)
        .register(registry)
        .record(attempts);
  }

  /** A task is dead. */
  public void died(FailureCode code) {
    dead(code, 1);
  }

  private void dead(FailureCode code, int count) {
    Counter.builder("sluice.dead.letters")
        .description("Tasks that cannot succeed, and wait for a person")
        .tags(ROUTE, route, "code", code.wireName())
        .register(registry)
        .increment(count);
  }

  /** A task was delayed in the broker for that long. */
  public void delayed(Duration time) {
    Timer.builder("sluice.delay")
        .description("How long tasks were sent to wait in the broker")
        .tag(ROUTE, route)
        .register(registry)
        .record(time);
    delayed.add(time);
  }

  public void published(Duration time) {
    publish.record(time);
  }

  private void tokens(String kind, double amount) {
    Counter.builder("sluice.tokens")
        .description("Tokens as the provider counted them")
        .tags(ROUTE, route, "kind", kind)
        .register(registry)
        .increment(amount);
  }
}
