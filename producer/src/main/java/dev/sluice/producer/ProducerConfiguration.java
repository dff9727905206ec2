package dev.sluice.producer;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.topology.TopologyWatch;
import dev.sluice.common.topology.WatchedQueues;
import dev.sluice.platform.route.Routes;
import dev.sluice.platform.secret.RotatingCredentials;
import dev.sluice.platform.startup.BrokerCheck;
import dev.sluice.platform.startup.BrokerUrlDecoder;
import dev.sluice.producer.access.AdminKey;
import dev.sluice.producer.access.MetricsKey;
import dev.sluice.producer.infrastructure.database.Database;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.autoconfigure.RabbitProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Defines the beans that several features share. */
@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Generates UUIDs of version 7, which sort by their creation time. */
  @Bean
  NoArgGenerator ids() {
    return Generators.timeBasedEpochGenerator();
  }

  @Bean
  AdminKey adminKey(ProducerProperties properties) {
    return new AdminKey(properties.apiKey());
  }

  @Bean
  MetricsKey metricsKey(ProducerProperties properties) {
    return new MetricsKey(properties.metricsKey());
  }

  @Bean
  Routes routes(Environment environment) {
    return Routes.of(environment);
  }

  @Bean
  static BrokerUrlDecoder brokerUrlDecoder(ObjectProvider<RabbitProperties> properties) {
    return new BrokerUrlDecoder(properties);
  }

  @Bean
  RotatingCredentials rotatingCredentials(
      ProducerProperties properties, RabbitProperties rabbit, SslBundles bundles) {
    return new RotatingCredentials(properties.rabbitmq(), rabbit.getSsl().getBundle(), bundles);
  }

  /**
   * {@code RabbitAdmin} declares the topology on each new connection, so a reset broker gets it
   * again.
   */
  @Bean
  Declarables topology(Routes routes) {
    return SluiceTopology.declare(routes.names());
  }

  @Bean
  TopologyWatch topologyWatch(AmqpAdmin admin, @Qualifier("topology") Declarables topology) {
    return new TopologyWatch(admin, WatchedQueues.ofProducer(topology));
  }

  /**
   * Connects to the broker before the database, because the creation of an embedded database is
   * slow. The parameter {@code admin} ensures that the admin, which declares the topology, exists
   * before this first connection.
   */
  @Bean
  BrokerReady brokerReady(
      ConnectionFactory connectionFactory, RabbitConnectionDetails details, AmqpAdmin admin) {
    BrokerCheck.connect(connectionFactory, details);
    return new BrokerReady();
  }

  @Bean(destroyMethod = "close")
  Database database(
      ProducerProperties properties, DataSourceProperties external, BrokerReady broker) {
    String url = external.getUrl();
    return url == null
        ? Database.embedded(properties.database().directory())
        : Database.external(
            url, external.getUsername(), properties.database().password(external.getPassword()));
  }

  @Bean(destroyMethod = "")
  DataSource dataSource(Database database) {
    return database.dataSource();
  }

  /** Orders the start: beans that depend on it start when the broker is connected. */
  record BrokerReady() {}
}
