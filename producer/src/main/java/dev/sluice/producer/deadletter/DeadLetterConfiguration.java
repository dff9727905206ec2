package dev.sluice.producer.deadletter;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.web.memory.HeapLimit;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures one consumer for all dead-letter queues. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {
  private static final int MAX_BATCH_SIZE = 20; // small, because dead letters may be large

  /** The prefetched dead letters use at most this fraction of the heap, or one for each queue. */
  private static final int HEAP_DIVISOR = 8;

  private static final long BATCH_TIMEOUT_MILLIS = 50;
  private static final long RECONNECT_MILLIS = 1000;
  private static final long SHUTDOWN_MILLIS = 5000;

  @Bean
  SimpleMessageListenerContainer deadLetterContainer(
      ConnectionFactory brokers, Routes routes, DeadLetterConsumer consumer) {
    int queues = Math.max(1, routes.names().size());
    int prefetch = prefetch(HeapLimit.fraction(HEAP_DIVISOR), queues);
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setQueueNames(
        routes.names().stream().map(QueueNames::deadLetters).toArray(String[]::new));
    container.setAcknowledgeMode(AcknowledgeMode.AUTO);
    container.setConsumerBatchEnabled(true);
    container.setBatchSize(prefetch); // a larger batch would raise the prefetch of each queue
    container.setPrefetchCount(prefetch);
    container.setReceiveTimeout(BATCH_TIMEOUT_MILLIS);
    container.setBatchReceiveTimeout(BATCH_TIMEOUT_MILLIS);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setShutdownTimeout(SHUTDOWN_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false); // the admin declares on every new connection
    container.setAutoStartup(!routes.all().isEmpty());
    container.setMessageListener(consumer);
    return container;
  }

  /** The number of unacknowledged dead letters of each queue. */
  static int prefetch(HeapLimit limit, int queues) {
    return limit.items((long) TaskCodec.MAX_BODY_BYTES * queues, MAX_BATCH_SIZE);
  }
}
