package dev.sluice.worker.consume;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.worker.check.AnswerChecker;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.FleetLink;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.fleet.UnsettledTasks;
import dev.sluice.worker.guard.ContextGuard;
import dev.sluice.worker.limit.TokenEstimator;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.settle.ConfirmedPublisher;
import dev.sluice.worker.settle.OutcomeSettler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Builds the consumer pool of each route: exactly {@code concurrency} consumers on virtual threads,
 * each with one task at a time. The listeners block, because on shutdown Spring's containers wait
 * for blocking listeners but not for asynchronous ones.
 */
public final class RoutePoolFactory {
  private static final Duration SETTLEMENT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  private final RouteContextFactory contexts;
  private final ConnectionFactory connectionFactory;
  private final ConfirmedPublisher publisher;
  private final LiveCallers liveCallers;
  private final SuspendedBatches suspendedBatches;
  private final UnsettledTasks unsettledTasks;
  private final FleetClock clock;
  private final TaskDeduplicator deduplicator =
      new TaskDeduplicator(TaskDeduplicator.WAIT_TIMEOUT, System::nanoTime);
  private final TokenEstimator estimator = new TokenEstimator();
  private final AnswerChecker answerChecker = new AnswerChecker();

  /**
   * @param liveCallers the callers that wait for live tasks
   * @param suspendedBatches the paused and cancelled batches
   * @param unsettledTasks records the tasks that are not settled yet
   */
  public RoutePoolFactory(
      RouteContextFactory contexts,
      ConnectionFactory connectionFactory,
      ConfirmedPublisher publisher,
      LiveCallers liveCallers,
      SuspendedBatches suspendedBatches,
      UnsettledTasks unsettledTasks,
      FleetClock clock) {
    this.contexts = contexts;
    this.connectionFactory = connectionFactory;
    this.publisher = publisher;
    this.liveCallers = liveCallers;
    this.suspendedBatches = suspendedBatches;
    this.unsettledTasks = unsettledTasks;
    this.clock = clock;
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
    WarmUp warmUp =
        new WarmUp(routes.all().getFirst(), route -> runner(contexts.ofWarmUp(route)), clock);
    Thread warmUpThread = Thread.ofVirtual().name("warm-up").start(warmUp::run);
    int count = routes.all().size();
    return new ConsumerPools(
        routes.all().stream().map(route -> pool(route, count)).toList(), fleet, warmUpThread);
  }

  /** Whether the route needs a token estimate from its first call on. */
  private static boolean needsTokenEstimate(RouteSettings route) {
    return route.limits().limitsTokens() || route.context().maxTokens() > 0;
  }

  private RoutePool pool(RouteSettings settings, int routeCount) {
    RouteContext route = contexts.of(settings);
    TaskRunner runner = runner(route);
    OutcomeSettler settler = new OutcomeSettler(publisher, route.metrics());
    List<SimpleMessageListenerContainer> containers =
        Arrays.stream(Lane.values())
            .map(
                lane ->
                    container(
                        settings,
                        lane,
                        new TaskListener(
                            route, lane, runner, liveCallers, settler, deduplicator, clock),
                        TaskMemoryLimiter.ofLane(routeCount)))
            .toList();
    return new RoutePool(
        route.limiter(),
        route.members().stream()
            .map(
                one ->
                    new ApiKeyWatcher(
                        settings.name(), one.member().name(), one.provider(), route.limiter()))
            .toList(),
        containers);
  }

  private TaskRunner runner(RouteContext route) {
    return new TaskRunner(
        route,
        new PreCallChecks(route.policy(), suspendedBatches, clock),
        new ContextGuard(route.settings().context(), estimator),
        estimator,
        new CallExecutor(route, clock.own()),
        answerChecker,
        clock);
  }

  private SimpleMessageListenerContainer container(
      RouteSettings route, Lane lane, TaskListener listener, TaskMemoryLimiter memory) {
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(connectionFactory);
    container.setQueueNames(QueueNames.tasks(route.name(), lane));
    container.setMessageListener(
        (ChannelAwareMessageListener)
            (message, channel) ->
                unsettledTasks.whileUnsettled(
                    message.getMessageProperties().getMessageId(),
                    () -> {
                      if (!memory.tryRun(
                          message.getBody().length, () -> listener.onMessage(message, channel))) {
                        listener.requeue(message, channel);
                      }
                    }));
    container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
    container.setConcurrentConsumers(consumers(route, lane));
    container.setPrefetchCount(1);
    container.setShutdownTimeout(callTimeout(route, lane).plus(SETTLEMENT_TIMEOUT).toMillis());
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

  /** The longest one: any batch may request the flex tier, and no live call has it. */
  private static Duration callTimeout(RouteSettings route, Lane lane) {
    return switch (lane) {
      case BATCH -> route.provider().callTimeout(ServiceTier.FLEX);
      case LIVE -> route.provider().callTimeout();
    };
  }

  private static int consumers(RouteSettings route, Lane lane) {
    return switch (lane) {
      case BATCH -> route.concurrency();
      case LIVE -> route.liveConcurrency();
    };
  }
}
