package dev.sluice.producer.route.report;

import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.producer.infrastructure.broker.ListenerContainers;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Consumes the workers' reports, and their answers to searches, from an exclusive queue, which is
 * deleted with its connection. AmqpAdmin redeclares the queue on the next connection. The broker
 * rejects that while it still holds the old connection; {@link ExclusiveQueueRedeclarer} then
 * retries. The next report replaces a lost one.
 */
@Configuration(proxyBeanMethods = false)
class FleetConfiguration {
  private static final int PREFETCH = 100;

  @Bean
  Declarables reportQueue() {
    return FleetTopics.listener(FleetTopics.REPORT, FleetTopics.TASK_SEARCH_RESULT);
  }

  @Bean
  SimpleMessageListenerContainer reportContainer(
      ListenerContainers containers,
      @Qualifier("reportQueue") Declarables queues,
      ReportListener listener) {
    SimpleMessageListenerContainer container = containers.ofExclusiveQueue(listener, PREFETCH);
    container.setQueues(queues.getDeclarablesByType(Queue.class).toArray(Queue[]::new));
    return container;
  }
}
