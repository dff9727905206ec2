package dev.sluice.producer.dispatch.collect;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.producer.infrastructure.broker.ListenerContainers;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
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

  @Bean
  SimpleMessageListenerContainer outcomeContainer(
      ListenerContainers containers, OutcomeCollector collector) {
    int messagesPerTransaction = messagesPerTransaction(HeapLimit.fraction(HEAP_DIVISOR));
    SimpleMessageListenerContainer container =
        containers.inBatches(collector, messagesPerTransaction, 2 * messagesPerTransaction);
    container.setQueueNames(QueueNames.RESULTS);
    return container;
  }

  /** The number of outcomes in a bulk; the broker sends the next bulk while one is stored. */
  static int messagesPerTransaction(HeapLimit limit) {
    return limit.items(2L * TaskCodec.MAX_REPLY_BYTES, MAX_MESSAGES_PER_TRANSACTION);
  }
}
