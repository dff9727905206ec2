package dev.sluice.worker.consume;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.classify.OutcomeClassifier;
import dev.sluice.worker.classify.RateLimitHeaderReader;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.FleetLink;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.PeerWorkers;
import dev.sluice.worker.limit.RateLimiter;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.limit.bucket.Buckets;
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
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Builds the consumer pool of each route: exactly {@code concurrency} consumers on virtual threads,
 * each with one task at a time. The listeners block, because on shutdown Spring's containers wait
 * for blocking listeners but not for asynchronous ones.
 */
public final class RoutePoolFactory {
  private static final Duration SETTLEMENT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  private final ConnectionFactory connectionFactory;
  private final ConfirmedPublisher publisher;
  private final LiveCallers liveCallers;
  private final RateLimiterFactory rateLimiterFactory;
  private final SuspendedBatches suspendedBatches;
  private final MeterRegistry meters;
  private final Tracing tracing;
  private final FleetClock clock;
  private final RandomGenerator random;
  private final String worker;
  private final ContentLog contentLog;
  private final SslBundles bundles;
  private final TaskDeduplicator deduplicator =
      new TaskDeduplicator(TaskDeduplicator.WAIT_TIMEOUT, System::nanoTime);
  private final TokenEstimator estimator = new TokenEstimator();
  private final AnswerChecker answerChecker = new AnswerChecker();

  /**
   * @param liveCallers the callers that wait for live tasks
   * @param rateLimiterFactory creates the limiter of each route
   * @param suspendedBatches the paused and cancelled batches
   * @param worker the worker name in outcomes
   * @param logContent whether the log contains requests and replies
   * @param bundles the SSL bundles that verify providers' certificates
   */
  public RoutePoolFactory(
      ConnectionFactory connectionFactory,
      ConfirmedPublisher publisher,
      LiveCallers liveCallers,
      RateLimiterFactory rateLimiterFactory,
      SuspendedBatches suspendedBatches,
      MeterRegistry meters,
      Tracing tracing,
      FleetClock clock,
      RandomGenerator random,
      String worker,
      boolean logContent,
      SslBundles bundles) {
    this.connectionFactory = connectionFactory;
    this.publisher = publisher;
    this.liveCallers = liveCallers;
    this.rateLimiterFactory = rateLimiterFactory;
    this.suspendedBatches = suspendedBatches;
    this.meters = meters;
    this.tracing = tracing;
    this.clock = clock;
    this.random = random;
    this.worker = worker;
    this.contentLog = new ContentLog(logContent);
    this.bundles = bundles;
  }

  /**
   * The pools of all routes, not started.
   *
   * @param fleet the link that starts and stops with the pools
   */
  public ConsumerPools pools(Routes routes, FleetLink fleet) {
    if (routes.all().stream().anyMatch(RoutePoolFactory::needsTokenEstimate)) {
      Thread.ofVirtual().name("tokenizer").start(TokenEstimator::load);
    }
    WarmUp warmUp = new WarmUp(routes.all().getFirst(), this::warmUpRunner, clock);
    Thread warmUpThread = Thread.ofVirtual().name("warm-up").start(warmUp::run);
    int count = routes.all().size();
    return new ConsumerPools(
        routes.all().stream().map(route -> pool(route, count)).toList(), fleet, warmUpThread);
  }

  /** Whether the route needs a token estimate from its first call on. */
  private static boolean needsTokenEstimate(RouteSettings route) {
    return route.limits().limitsTokens() || route.context().maxTokens() > 0;
  }

  /** A runner with its own limiter and metrics, so that the warm-up does not change the route's. */
  private TaskRunner warmUpRunner(RouteSettings route) {
    RateLimiter limiter = RateLimiter.of(route, Buckets.local(), PeerWorkers.NONE, random);
    return runner(
        route,
        ProviderConnection.to(route.provider(), bundles),
        limiter,
        new WorkerMetrics(new SimpleMeterRegistry(), route.name(), route.provider().dialect()),
        RouteTraces.none(),
        new ContentLog(/* enabled= */ false));
  }

  private TaskRunner runner(
      RouteSettings route,
      ProviderConnection provider,
      RateLimiter limiter,
      WorkerMetrics metrics,
      RouteTraces traces,
      ContentLog contentLog) {
    return new TaskRunner(
        suspendedBatches,
        new ContextGuard(route.context(), estimator),
        limiter,
        estimator,
        new ProviderClient(provider, route.provider().callTimeout()),
        new OutcomeClassifier(route, clock.own()),
        answerChecker,
        new CallFeedbackMapper(new RateLimitHeaderReader(route.provider().dialect()), clock.own()),
        new SettlementPolicy(route, random, worker),
        metrics,
        traces,
        contentLog,
        clock);
  }

  private RoutePool pool(RouteSettings route, int routeCount) {
    RateLimiter limiter = rateLimiterFactory.of(route);
    WorkerMetrics metrics = new WorkerMetrics(meters, route.name(), route.provider().dialect());
    LimiterMetrics.register(meters, route.name(), limiter);
    SettlementPolicy policy = new SettlementPolicy(route, random, worker);
    OutcomeSettler settler = new OutcomeSettler(publisher, metrics);
    RouteTraces traces = tracing.of(route);
    ProviderConnection provider = ProviderConnection.to(route.provider(), bundles);
    TaskRunner runner = runner(route, provider, limiter, metrics, traces, contentLog);
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
                            deduplicator,
                            metrics,
                            traces,
                            contentLog,
                            clock),
                        TaskMemory.ofLane(routeCount)))
            .toList();
    return new RoutePool(limiter, new ApiKeyWatcher(route.name(), provider, limiter), containers);
  }

  private SimpleMessageListenerContainer container(
      RouteSettings route, Lane lane, TaskListener listener, TaskMemory memory) {
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(connectionFactory);
    container.setQueueNames(QueueNames.tasks(route.name(), lane));
    container.setMessageListener(
        (ChannelAwareMessageListener)
            (message, channel) -> {
              if (!memory.tryRun(
                  message.getBody().length, () -> listener.onMessage(message, channel))) {
                listener.requeue(message, channel);
              }
            });
    container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    container.setConcurrentConsumers(consumers(route, lane));
    container.setPrefetchCount(1);
    container.setShutdownTimeout(
        route.provider().callTimeout().plus(SETTLEMENT_TIMEOUT).toMillis());
    container.setMissingQueuesFatal(false);
    container.setRecoveryInterval(RETRY_INTERVAL.toMillis());
    container.setFailedDeclarationRetryInterval(RETRY_INTERVAL.toMillis());
    container.setDeclarationRetries(Integer.MAX_VALUE); // until TopologyWatch declares the queue
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
