package dev.sluice.producer.deadletter;

import dev.sluice.common.route.Routes;
import dev.sluice.common.topology.QueueNames;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Listens to the queues of dead letters: one consumer, a few at a time, for they may be large. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {
  private static final int BULK = 20;
  private static final long FILL_MILLIS = 50;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 5000;

  @Bean
  SimpleMessageListenerContainer deadContainer(
      ConnectionFactory brokers, Routes routes, DeadLetterConsumer taker) {
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setQueueNames(routes.names().stream().map(QueueNames::deadLetters).toArray(String[]::new));
    container.setAcknowledgeMode(AcknowledgeMode.AUTO);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(BULK);
    container.setPrefetchCount(BULK);
    container.setReceiveTimeout(FILL_MILLIS);
    container.setBatchReceiveTimeout(FILL_MILLIS);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false); // the admin declares on every new connection
    container.setAutoStartup(!routes.all().isEmpty());
    container.setMessageListener(taker);
    return container;
  }
}
