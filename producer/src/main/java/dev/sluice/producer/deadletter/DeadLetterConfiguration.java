package dev.sluice.producer.deadletter;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.infrastructure.broker.ListenerContainers;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures one consumer for all dead-letter queues. */
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {
  private static final int MAX_BATCH_SIZE = 20; // small, because dead letters may be large

  /** The prefetched dead letters use at most this fraction of the heap, or one for each queue. */
  private static final int HEAP_DIVISOR = 8;

  @Bean
  SimpleMessageListenerContainer deadLetterContainer(
      ListenerContainers containers, Routes routes, DeadLetterConsumer consumer) {
    int queues = Math.max(1, routes.names().size());
    int prefetch = prefetch(HeapLimit.fraction(HEAP_DIVISOR), queues);
    SimpleMessageListenerContainer container = containers.inBatches(consumer, prefetch, prefetch);
    container.setQueueNames(
        routes.names().stream().map(QueueNames::deadLetters).toArray(String[]::new));
    container.setAutoStartup(!routes.all().isEmpty());
    return container;
  }

  /** The number of unacknowledged dead letters of each queue. */
  static int prefetch(HeapLimit limit, int queues) {
    return limit.items((long) TaskCodec.MAX_BODY_BYTES * queues, MAX_BATCH_SIZE);
  }
}
