package dev.sluice.producer.collect;

import dev.sluice.common.topology.QueueNames;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures the consumer of the results queue, which receives outcomes in bulk. */
@Configuration(proxyBeanMethods = false)
class CollectConfiguration {
  private static final int MESSAGES_PER_TRANSACTION = 200;
  private static final int PREFETCH = 2 * MESSAGES_PER_TRANSACTION;
  private static final long RECEIVE_TIMEOUT_MILLIS = 50;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 5000;

  @Bean
  SimpleMessageListenerContainer outcomeContainer(
      ConnectionFactory connectionFactory, OutcomeCollector collector) {
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(connectionFactory);
    container.setQueueNames(QueueNames.RESULTS);
    container.setAcknowledgeMode(AcknowledgeMode.AUTO);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(MESSAGES_PER_TRANSACTION);
    container.setPrefetchCount(PREFETCH);
    container.setReceiveTimeout(RECEIVE_TIMEOUT_MILLIS);
    container.setBatchReceiveTimeout(RECEIVE_TIMEOUT_MILLIS);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false); // the admin declares on every new connection
    container.setMessageListener(collector);
    return container;
  }
}
