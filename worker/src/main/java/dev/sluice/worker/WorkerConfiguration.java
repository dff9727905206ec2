package dev.sluice.worker;

import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.live.LiveQueues;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.topology.TopologyWatch;
import dev.sluice.common.topology.WatchedQueues;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.secret.RotatingCredentials;
import dev.sluice.platform.startup.BrokerCheck;
import dev.sluice.platform.startup.BrokerUrlDecoder;
import dev.sluice.platform.startup.StartupException;
import dev.sluice.worker.consume.ConsumerPools;
import dev.sluice.worker.consume.RouteContextFactory;
import dev.sluice.worker.consume.RoutePoolFactory;
import dev.sluice.worker.fleet.FleetClock;
import dev.sluice.worker.fleet.FleetLink;
import dev.sluice.worker.fleet.FleetSubscriptionListener;
import dev.sluice.worker.fleet.SuspendedBatches;
import dev.sluice.worker.fleet.UnsettledTasks;
import dev.sluice.worker.limit.bucket.RedisBucketStore;
import dev.sluice.worker.live.LiveCallers;
import dev.sluice.worker.settle.ConfirmedPublisher;
import dev.sluice.worker.settle.SharedConfirmChannel;
import dev.sluice.worker.telemetry.WorkerMetrics;
import dev.sluice.worker.telemetry.trace.Tracing;
import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.amqp.autoconfigure.ConnectionFactoryCustomizer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.autoconfigure.RabbitProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The worker's bean definitions. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerConfiguration {

  @Bean
  Routes routes(Environment environment, WorkerProperties properties) {
    return Routes.of(environment).select(properties.worker().routes(), "sluice.worker.routes");
  }

  @Bean
  static BrokerUrlDecoder brokerUrlDecoder(ObjectProvider<RabbitProperties> properties) {
    return new BrokerUrlDecoder(properties);
  }

  @Bean
  RotatingCredentials rotatingCredentials(
      WorkerProperties properties, RabbitProperties rabbit, SslBundles bundles) {
    return new RotatingCredentials(properties.rabbitmq(), rabbit.getSsl().getBundle(), bundles);
  }

  @Bean
  Declarables topology(
      Routes routes, ConnectionFactory connectionFactory, RabbitConnectionDetails connection) {
    BrokerCheck.connect(connectionFactory, connection);
    return SluiceTopology.declare(routes.names());
  }

  @Bean
  TopologyWatch topologyWatch(AmqpAdmin admin, @Qualifier("topology") Declarables topology) {
    return new TopologyWatch(admin, WatchedQueues.ofWorker(topology));
  }

  /** Deliveries start virtual threads anyway; a pool of platform threads would switch twice. */
  @Bean
  ConnectionFactoryCustomizer virtualThreads() {
    return factory -> factory.setSharedExecutor(Executors.newVirtualThreadPerTaskExecutor());
  }

  @Bean
  ConfirmedPublisher confirmedPublisher(ConnectionFactory connectionFactory) {
    return new ConfirmedPublisher(new SharedConfirmChannel(publishers(connectionFactory)));
  }

  /** Publishers have their own connection: a blocked publisher does not block consumers. */
  private static ConnectionFactory publishers(ConnectionFactory connectionFactory) {
    return Objects.requireNonNull(
        connectionFactory.getPublisherConnectionFactory(), "a caching connection factory has one");
  }

  /** The Redis store of limits that all workers share. */
  @Bean
  @ConditionalOnProperty("sluice.redis.url")
  RedisBucketStore redisBucketStore(WorkerProperties properties, SslBundles bundles) {
    WorkerProperties.Redis redis = properties.redis();
    return RedisBucketStore.at(
        redisUri(redis), redis.sslBundle().isEmpty() ? null : bundles.getBundle(redis.sslBundle()));
  }

  private static RedisURI redisUri(WorkerProperties.Redis redis) {
    try {
      return redis.uri();
    } catch (IllegalArgumentException invalid) { // its message contains the password
      throw new StartupException(
          "sluice.redis.url is not a redis:// or rediss:// URL with a host. Percent-encode reserved"
              + " characters in the password.");
    }
  }

  @Bean
  SuspendedBatches suspendedBatches() {
    return new SuspendedBatches(Clock.systemUTC());
  }

  @Bean
  UnsettledTasks unsettledTasks(WorkerProperties properties) {
    return new UnsettledTasks(properties.worker().name());
  }

  @Bean
  FleetClock fleetClock(MeterRegistry meters) {
    FleetClock clock = new FleetClock(Clock.systemUTC(), System::nanoTime);
    WorkerMetrics.registerClock(meters, clock::offset);
    return clock;
  }

  @Bean
  FleetLink fleetLink(
      WorkerProperties properties,
      SuspendedBatches suspendedBatches,
      UnsettledTasks unsettledTasks,
      FleetClock clock,
      ConnectionFactory connectionFactory,
      AmqpAdmin admin) {
    RabbitTemplate template = new RabbitTemplate(connectionFactory);
    template.setUsePublisherConnection(true); // a blocked publisher does not block consumers
    return new FleetLink(
        properties.worker().name(), suspendedBatches, unsettledTasks, clock, template, admin);
  }

  @Bean
  Declarables fleetTopology() {
    return FleetTopics.listener(
        FleetTopics.HOLD,
        FleetTopics.SUSPENSION,
        FleetTopics.ROUTE_OVERRIDES,
        FleetTopics.TASK_CANCELLATION,
        FleetTopics.TASK_SEARCH,
        FleetTopics.LIVE_PRIORITY);
  }

  @Bean
  SimpleMessageListenerContainer fleetListener(
      FleetLink fleet,
      @Qualifier("fleetTopology") Declarables topology,
      ConnectionFactory connectionFactory) {
    return listener(topology, fleet::onMessage, connectionFactory);
  }

  @Bean
  FleetSubscriptionListener fleetSubscription(
      @Qualifier("fleetTopology") Declarables topology, FleetClock clock) {
    return new FleetSubscriptionListener(queue(topology).getName(), clock);
  }

  private static Queue queue(Declarables topology) {
    return topology.getDeclarablesByType(Queue.class).getFirst();
  }

  /**
   * Consumes a queue of this process. Messages are not acknowledged, because senders repeat them.
   * The consumer stops after the task consumers, which need its messages until their last call.
   */
  private static SimpleMessageListenerContainer listener(
      Declarables topology, MessageListener listener, ConnectionFactory connectionFactory) {
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(connectionFactory);
    container.setQueues(queue(topology));
    container.setMessageListener(listener);
    container.setAcknowledgeMode(AcknowledgeMode.NONE);
    container.setMissingQueuesFatal(false);
    container.setRecoveryInterval(1000);
    container.setPhase(SmartLifecycle.DEFAULT_PHASE - 1);
    return container;
  }

  @Bean
  Declarables liveTopology() {
    return LiveQueues.workerQueue();
  }

  @Bean
  LiveCallers liveCallers(
      @Qualifier("liveTopology") Declarables topology,
      ConnectionFactory connectionFactory,
      WorkerProperties properties) {
    String queue = queue(topology).getName();
    return new LiveCallers(publishers(connectionFactory), queue, properties.worker().name());
  }

  @Bean
  SimpleMessageListenerContainer liveListener(
      LiveCallers liveCallers,
      @Qualifier("liveTopology") Declarables topology,
      ConnectionFactory connectionFactory) {
    return listener(topology, liveCallers::onMessage, connectionFactory);
  }

  @Bean
  Tracing tracing(ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator) {
    return new Tracing(
        tracer.getIfAvailable(() -> Tracer.NOOP),
        propagator.getIfAvailable(() -> Propagator.NOOP),
        Clock.systemUTC());
  }

  /** Drops the spans of metric scrapes and health checks. */
  @Bean
  SpanExportingPredicate excludeServerSpans() {
    return span -> span.getKind() != Span.Kind.SERVER;
  }

  @Bean
  RouteContextFactory routeContextFactory(
      FleetLink fleet,
      ObjectProvider<RedisBucketStore> store,
      MeterRegistry meters,
      Tracing tracing,
      SslBundles bundles,
      WorkerProperties properties) {
    return new RouteContextFactory(
        fleet,
        store.getIfAvailable(),
        meters,
        tracing,
        bundles,
        properties.worker().name(),
        properties.logContent());
  }

  @Bean
  RoutePoolFactory routePoolFactory(
      RouteContextFactory contexts,
      ConnectionFactory connectionFactory,
      ConfirmedPublisher publisher,
      LiveCallers liveCallers,
      SuspendedBatches suspendedBatches,
      UnsettledTasks unsettledTasks,
      FleetClock clock) {
    return new RoutePoolFactory(
        contexts,
        connectionFactory,
        publisher,
        liveCallers,
        suspendedBatches,
        unsettledTasks,
        clock);
  }

  @Bean
  ConsumerPools consumerPools(RoutePoolFactory pools, Routes routes, FleetLink fleet) {
    return pools.pools(routes, fleet);
  }
}
