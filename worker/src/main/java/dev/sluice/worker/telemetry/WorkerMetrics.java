package dev.sluice.worker.telemetry;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.ProviderDialect;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Counters and timers of a route's tasks. Label values have low cardinality: no task or batch ids.
 */
public final class WorkerMetrics {
  private static final String ROUTE = "route";

  private final MeterRegistry registry;
  private final String route;
  private final GenAiMetrics genAi;
  private final AtomicInteger running = new AtomicInteger();
  private final DelayedTasks delayed = new DelayedTasks(() -> System.nanoTime() / 1_000_000);
  private final Timer publish;
  private final MeterCache<Counter> received;
  private final MeterCache<Timer> permitWaits;
  private final MeterCache<Timer> calls;
  private final MeterCache<Counter> settlements;
  private final MeterCache<Counter> tokens;
  private final MeterCache<Counter> promptCacheTokens;
  private final DistributionSummary attempts;
  private final Counter noCapacity;

  /**
   * @param dialect the dialect of the route's provider
   */
  public WorkerMetrics(MeterRegistry registry, String route, ProviderDialect dialect) {
    this.registry = registry;
    this.route = route;
    this.genAi = new GenAiMetrics(registry, route, dialect);
    for (FailureCode code : FailureCode.values()) {
      countDeadLetters(code, 0); // PromQL's increase() misses the first event of a new series
    }
    for (Lane lane : Lane.values()) {
      countCutOffs(lane, 0);
    }
    this.publish =
        Timer.builder("sluice.publish.confirm")
            .description("Time until the broker confirmed the message of a settlement")
            .tag(ROUTE, route)
            .register(registry);
    this.received =
        new MeterCache<>(
            values ->
                Counter.builder("sluice.tasks.received")
                    .description("Tasks received from the route's queues")
                    .tags(ROUTE, route, "lane", values.get(0), "redelivered", values.get(1))
                    .register(registry));
    this.permitWaits =
        new MeterCache<>(
            values ->
                Timer.builder("sluice.permit.wait")
                    .description("Time that a task waited for its permit")
                    .tags(ROUTE, route, "lane", values.getFirst())
                    .register(registry));
    this.calls =
        new MeterCache<>(
            values ->
                Timer.builder("sluice.provider.call")
                    .description("Duration of calls to the provider, up to the last byte")
                    .tags(ROUTE, route, "result", values.getFirst())
                    .register(registry));
    this.settlements =
        new MeterCache<>(
            values ->
                Counter.builder("sluice.settlements")
                    .description("Settlements of received tasks")
                    .tags(ROUTE, route, "settlement", values.getFirst())
                    .register(registry));
    this.tokens =
        new MeterCache<>(
            values ->
                Counter.builder("sluice.tokens")
                    .description("Tokens reported by the provider")
                    .tags(ROUTE, route, "kind", values.getFirst())
                    .register(registry));
    this.promptCacheTokens =
        new MeterCache<>(
            values ->
                Counter.builder("sluice.prompt.cache.tokens")
                    .description(
                        "Prompt tokens that the provider read from its prompt cache or wrote to it")
                    .tags(ROUTE, route, "kind", values.getFirst())
                    .register(registry));
    this.attempts =
        DistributionSummary.builder("sluice.task.attempts")
            .description("Attempts of completed tasks")
            .tag(ROUTE, route)
            .register(registry);
    this.noCapacity =
        Counter.builder("sluice.calls.no.capacity")
            .description("Calls that the provider refused because it had no capacity")
            .tag(ROUTE, route)
            .register(registry);
    Gauge.builder("sluice.calls.running", running, AtomicInteger::get)
        .description("Calls that have no response yet")
        .tag(ROUTE, route)
        .register(registry);
    Gauge.builder("sluice.delayed.tasks", delayed, DelayedTasks::count)
        .description("Tasks that this worker delayed and that are not due yet")
        .tag(ROUTE, route)
        .register(registry);
    Gauge.builder("sluice.delayed.max.remaining", delayed, DelayedTasks::maxRemainingSeconds)
        .description("Time until the last delayed task is due")
        .baseUnit("seconds")
        .tag(ROUTE, route)
        .register(registry);
  }

  /**
   * Registers the gauge of this machine's clock.
   *
   * @param offset this machine's time minus the producers'
   */
  public static void registerClock(MeterRegistry registry, Supplier<Duration> offset) {
    Gauge.builder("sluice.clock.offset", () -> offset.get().toSeconds())
        .description("Time of this machine minus the time of the producers")
        .baseUnit("seconds")
        .register(registry);
  }

  /** Counts a task that was received from its queue. */
  public void received(Lane lane, boolean redelivered) {
    received.of(lane.wireName(), Boolean.toString(redelivered)).increment();
  }

  public void permitWait(Lane lane, Duration duration) {
    permitWaits.of(lane.wireName()).record(duration);
  }

  public void callStarted() {
    running.incrementAndGet();
  }

  /**
   * Records the end of a call.
   *
   * @param endpoint the provider's path
   * @param result the HTTP status, or one of {@code cancelled}, {@code too_large}, {@code timeout},
   *     {@code connection_error}, {@code not_connected}
   */
  public void callEnded(String endpoint, String result, Duration duration) {
    running.decrementAndGet();
    genAi.recordCall(endpoint, result, duration);
    calls.of(result).record(duration);
  }

  /** Records the tokens that the provider reported for a call. */
  public void tokens(String endpoint, TokenUsage usage) {
    genAi.recordTokens(endpoint, usage.promptTokens(), usage.completionTokens());
    tokens.of("prompt").increment((double) usage.promptTokens());
    tokens.of("completion").increment((double) usage.completionTokens());
    promptCacheTokens.of("read").increment((double) usage.cachedTokens());
    promptCacheTokens.of("write").increment((double) usage.cacheWriteTokens());
  }

  /**
   * Counts a settlement.
   *
   * @param settlement the kind: {@code finish}, {@code dead_letter}, {@code delay}, {@code reply},
   *     {@code discard}, {@code requeue}, {@code skip_duplicate}
   */
  public void settled(String settlement) {
    settlements.of(settlement).increment();
  }

  /** Counts a call that the provider refused because it had no capacity. */
  public void noCapacity() {
    noCapacity.increment();
  }

  /** Records the number of attempts of a completed task. */
  public void completed(int attemptsOfTask) {
    attempts.record(attemptsOfTask);
  }

  /** Counts a dead letter. */
  public void deadLettered(FailureCode code) {
    countDeadLetters(code, 1);
  }

  private void countDeadLetters(FailureCode code, int count) {
    Counter.builder("sluice.tasks.dead.lettered")
        .description("Tasks that became dead letters")
        .tags(ROUTE, route, "code", code.wireName())
        .register(registry)
        .increment(count);
  }

  /** Counts a reply whose answer the provider cut off at its token limit. */
  public void cutOff(Lane lane) {
    countCutOffs(lane, 1);
  }

  private void countCutOffs(Lane lane, int count) {
    Counter.builder("sluice.answers.cut.off")
        .description("Replies whose answer was cut off at its token limit")
        .tags(ROUTE, route, "lane", lane.wireName())
        .register(registry)
        .increment(count);
  }

  /** Records a task that was delayed in the broker. */
  public void delayed(Duration duration) {
    Timer.builder("sluice.delay")
        .description("Delays of tasks in the broker")
        .tag(ROUTE, route)
        .register(registry)
        .record(duration);
    delayed.add(duration);
  }

  public void published(Duration duration) {
    publish.record(duration);
  }
}
