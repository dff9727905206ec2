package dev.sluice.worker.consume;

import dev.sluice.common.route.ProviderConnection;
import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.route.Routes;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.RateLimitHeaderReader;
import dev.sluice.worker.fleet.FleetLink;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.provider.ProviderClient;
import dev.sluice.worker.settle.ConfirmedPublisher;
import dev.sluice.worker.settle.OutcomeSettler;
import dev.sluice.worker.settle.SettlementPolicy;
import dev.sluice.worker.telemetry.LimiterMetrics;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.RouteTraces;
import dev.sluice.worker.telemetry.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Builds the pool of each route: exactly {@code concurrency} consumers, each with one task at a
 * time, on virtual threads. Blocking consumers, because Spring's containers wait for those at a
 * stop and not for asynchronous ones.
 */
public final class RoutePoolFactory {
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private final ConnectionFactory brokers;
  private final ConfirmedPublisher publisher;
  private final LiveCallers liveCallers;
  private final RateLimiterFactory rateLimiterFactory;
  private final SuspendedBatches halted;
  private final MeterRegistry meters;
  private final Tracing tracing;
  private final Clock clock;
  private final RandomGenerator random;
  private final String worker;
  private final ContentLog content;
  private final SslBundles bundles;
  private final TaskDeduplicator memory =
      new TaskDeduplicator(TaskDeduplicator.PATIENCE, System::nanoTime);
  private final TokenEstimator estimator = new TokenEstimator();

  /**
   * @param liveCallers who waits for a task
   * @param rateLimiterFactory makes the limiter of each route
   * @param halted the batches that are not to be called now
   * @param tracing whether somebody collects spans
   * @param worker the name under which this worker signs outcomes
   * @param logContent whether requests and replies are written into the log
   * @param bundles what providers' certificates are checked with
   */
  public RoutePoolFactory(
      ConnectionFactory brokers,
      ConfirmedPublisher publisher,
      LiveCallers liveCallers,
      RateLimiterFactory rateLimiterFactory,
      SuspendedBatches halted,
      MeterRegistry meters,
      Tracing tracing,
      Clock clock,
      RandomGenerator random,
      String worker,
      boolean logContent,
      SslBundles bundles) {
    this.brokers = brokers;
    this.publisher = publisher;
    this.liveCallers = liveCallers;
    this.rateLimiterFactory = rateLimiterFactory;
    this.halted = halted;
    this.meters = meters;
    this.tracing = tracing;
    this.clock = clock;
    this.random = random;
    this.worker = worker;
    this.content = new ContentLog(logContent);
    this.bundles = bundles;
  }

  /**
   * The pools of all routes, not started yet.
   *
   * @param fleet starts and stops with them
   */
  public ConsumerPools pools(Routes routes, FleetLink fleet) {
    if (routes.all().stream().anyMatch(RoutePoolFactory::countsTokens)) {
      Thread.ofVirtual().name("tokenizer").start(TokenEstimator::load);
    }
    WarmUp warmUp = new WarmUp(routes.all().getFirst(), this::runnerApart, clock);
    Thread rehearsing = Thread.ofVirtual().name("rehearsal").start(warmUp::run);
    return new ConsumerPools(routes.all().stream().map(this::pool).toList(), fleet, rehearsing);
  }

  /** Whether already the first call of a route is estimated. */
  private static boolean countsTokens(RouteSettings route) {
    return route.limits().limitsTokens() || route.context().maxTokens() > 0;
  }

  /** One that has no part in the route's limits and metrics. */
  private TaskRunner runnerApart(RouteSettings route) {
    RateLimiter limiter = RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, random);
    return runner(
        route,
        ProviderConnection.to(route.provider(), bundles),
        limiter,
        new WorkerMetrics(new SimpleMeterRegistry(), route.name(), route.provider().dialect()),
        RouteTraces.none(),
        new ContentLog(/* on= */ false));
  }

  private TaskRunner runner(
      RouteSettings route,
      ProviderConnection provider,
      RateLimiter limiter,
      WorkerMetrics metrics,
      RouteTraces traces,
      ContentLog content) {
    return new TaskRunner(
        halted,
        new ContextGuard(route.context(), estimator),
        limiter,
        estimator,
        new ProviderClient(provider, route.provider().callTimeout()),
        new OutcomeClassifier(route, clock),
        new CallFeedbackMapper(new RateLimitHeaderReader(route.provider().dialect())),
        new SettlementPolicy(route, random, worker),
        metrics,
        traces,
        content,
        clock);
  }

  private RoutePool pool(RouteSettings route) {
    RateLimiter limiter = rateLimiterFactory.of(route);
    WorkerMetrics metrics = new WorkerMetrics(meters, route.name(), route.provider().dialect());
    LimiterMetrics.watch(meters, route.name(), limiter);
    SettlementPolicy policy = new SettlementPolicy(route, random, worker);
    OutcomeSettler settler = new OutcomeSettler(publisher, metrics);
    RouteTraces traces = tracing.of(route);
    ProviderConnection provider = ProviderConnection.to(route.provider(), bundles);
    TaskRunner runner = runner(route, provider, limiter, metrics, traces, content);
    List<SimpleMessageListenerContainer> containers =
        List.of(Lane.values()).stream()
            .map(
                lane ->
                    container(
                        route,
                        lane,
                        new TaskListener(
                            route.name(),
                            lane,
                            runner,
                            liveCallers,
                            policy,
                            settler,
                            memory,
                            metrics,
                            traces,
                            content,
                            clock)))
            .toList();
    return new RoutePool(limiter, new ApiKeyWatcher(route.name(), provider, limiter), containers);
  }

  private SimpleMessageListenerContainer container(
      RouteSettings route, Lane lane, TaskListener listener) {
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setQueueNames(QueueNames.tasks(route.name(), lane));
    container.setMessageListener(listener);
    container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    container.setConcurrentConsumers(consumers(route, lane));
    container.setPrefetchCount(1);
    container.setShutdownTimeout(route.provider().callTimeout().plus(SETTLING).toMillis());
    container.setMissingQueuesFatal(false);
    container.setRecoveryInterval(1000);
    SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor(route.name() + "-");
    threads.setVirtualThreads(true);
    container.setTaskExecutor(threads);
    container.setListenerId(QueueNames.tasks(route.name(), lane));
    container.afterPropertiesSet();
    return container;
  }

  private static int consumers(RouteSettings route, Lane lane) {
    return switch (lane) {
      case BATCH -> route.concurrency();
      case LIVE -> route.liveConcurrency();
    };
  }
}
