package dev.sluice.worker;

import dev.sluice.common.route.Routes;
import dev.sluice.common.startup.BrokerCheck;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.worker.consume.ConsumerPools;
import dev.sluice.worker.consume.PoolFactory;
import dev.sluice.worker.settle.ConfirmedPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Wires the worker. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerProperties.class)
class WorkerConfiguration {

  @Bean
  Routes routes(Environment environment) {
    return Routes.of(environment);
  }

  @Bean
  Declarables topology(
      Routes routes, ConnectionFactory brokers, RabbitConnectionDetails connection) {
    BrokerCheck.connect(brokers, connection);
    return SluiceTopology.declare(routes.names());
  }

  @Bean
  ConfirmedPublisher confirmedPublisher(RabbitTemplate template) {
    template.setUsePublisherConnection(true); // a blocked publisher must not block the consumers
    return new ConfirmedPublisher(template);
  }

  @Bean
  ConsumerPools consumerPools(
      Routes routes,
      WorkerProperties properties,
      ConnectionFactory brokers,
      ConfirmedPublisher publisher,
      MeterRegistry meters,
      AmqpAdmin admin) {
    admin.initialize();
    return new PoolFactory(
            brokers,
            publisher,
            meters,
            Clock.systemUTC(),
            RandomGenerator.getDefault(),
            properties.worker().name())
        .pools(routes);
  }
}
