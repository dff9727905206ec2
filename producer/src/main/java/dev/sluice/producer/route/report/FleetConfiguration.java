package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.FleetTopics;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Consumes the workers' reports from an exclusive queue, which lives as long as its connection.
 * AmqpAdmin redeclares the queue on the next connection. The broker rejects that while it still
 * holds the old connection; {@link ExclusiveQueueRedeclarer} then retries.
 */
@Configuration(proxyBeanMethods = false)
class FleetConfiguration {
  private static final int PREFETCH = 100;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 1000;

  @Bean
  Declarables reportQueue() {
    return FleetTopics.listener(FleetTopics.REPORT);
  }

  @Bean
  SimpleMessageListenerContainer reportContainer(
      ConnectionFactory brokers,
      @Qualifier("reportQueue") Declarables queues,
      ReportListener listener) {
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setQueues(queues.getDeclarablesByType(Queue.class).toArray(Queue[]::new));
    container.setAcknowledgeMode(AcknowledgeMode.NONE); // the next report replaces a lost one
    container.setPrefetchCount(PREFETCH);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(
        false); // it would log an error per second while the broker is unavailable
    container.setDeclarationRetries(1);
    container.setFailedDeclarationRetryInterval(RECONNECT_MILLIS);
    container.setMessageListener(listener);
    return container;
  }
}
