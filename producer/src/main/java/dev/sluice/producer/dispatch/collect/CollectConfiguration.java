package dev.sluice.producer.dispatch.collect;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.web.memory.HeapLimit;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the consumer of the results queue, which receives outcomes in bulk. AMQP limits the
 * prefetched messages only by their number, so the number follows the heap and the largest reply.
 */
@Configuration(proxyBeanMethods = false)
class CollectConfiguration {
  private static final int MAX_MESSAGES_PER_TRANSACTION = 200;

  /** The prefetched outcomes use at most this fraction of the heap. */
  private static final int HEAP_DIVISOR = 3;

  private static final long RECEIVE_TIMEOUT_MILLIS = 50;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 5000;

  @Bean
  SimpleMessageListenerContainer outcomeContainer(
      ConnectionFactory connectionFactory, OutcomeCollector collector) {
    int messagesPerTransaction = messagesPerTransaction(HeapLimit.fraction(HEAP_DIVISOR));
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(connectionFactory);
    container.setQueueNames(QueueNames.RESULTS);
    container.setAcknowledgeMode(AcknowledgeMode.AUTO);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(messagesPerTransaction);
    container.setPrefetchCount(2 * messagesPerTransaction);
    container.setReceiveTimeout(RECEIVE_TIMEOUT_MILLIS);
    container.setBatchReceiveTimeout(RECEIVE_TIMEOUT_MILLIS);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false); // the admin declares on every new connection
    container.setMessageListener(collector);
    return container;
  }

  /** The number of outcomes in a bulk; the broker sends the next bulk while one is stored. */
  static int messagesPerTransaction(HeapLimit limit) {
    return limit.items(2L * TaskCodec.MAX_REPLY_BYTES, MAX_MESSAGES_PER_TRANSACTION);
  }
}
