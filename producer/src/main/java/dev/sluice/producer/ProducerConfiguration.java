package dev.sluice.producer;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.common.route.Routes;
import dev.sluice.common.secret.RotatingCredentials;
import dev.sluice.common.startup.BrokerCheck;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.producer.access.AdminKey;
import dev.sluice.producer.database.Database;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.amqp.autoconfigure.RabbitProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Puts the parts together that know nothing of each other. */
@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Version 7: ids that sort by the time of their making. */
  @Bean
  NoArgGenerator ids() {
    return Generators.timeBasedEpochGenerator();
  }

  @Bean
  AdminKey adminKey(ProducerProperties properties) {
    return new AdminKey(properties.apiKey());
  }

  @Bean
  Routes routes(Environment environment) {
    return Routes.of(environment);
  }

  @Bean
  RotatingCredentials renewedLogin(
      ProducerProperties properties, RabbitProperties rabbit, SslBundles bundles) {
    return new RotatingCredentials(properties.rabbitmq(), rabbit.getSsl().getBundle(), bundles);
  }

  /** Declared by the admin on every new connection: also to a broker that lost its state. */
  @Bean
  Declarables topology(Routes routes) {
    return SluiceTopology.declare(routes.names());
  }

  /**
   * The broker first: it answers at once, where a database may have to be made. Its admin, which is
   * there by then, declares the topology on this connection as on every later one.
   */
  @Bean
  BrokerReady brokerReady(
      ConnectionFactory brokers, RabbitConnectionDetails details, AmqpAdmin admin) {
    BrokerCheck.connect(brokers, details);
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

  /** Says that the broker was reached and has the queues. */
  record BrokerReady() {}
}
