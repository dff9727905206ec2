package dev.sluice.producer.infrastructure.broker;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;
import org.springframework.stereotype.Component;

/**
 * Creates listener containers, which reconnect every second. They declare no queues, because {@code
 * RabbitAdmin} does on every new connection; a container would log an error per second while the
 * broker is unavailable.
 */
@Component
public class ListenerContainers {
  private static final long RECONNECT_MILLIS = 1000;
  private static final long EXCLUSIVE_SHUTDOWN_MILLIS = 1000;

  private final ConnectionFactory brokers;

  ListenerContainers(ConnectionFactory brokers) {
    this.brokers = brokers;
  }

  /**
   * A container that passes messages in groups, and acknowledges each group when the listener has
   * returned; see {@link MessageGrouper}.
   *
   * @param groupSize maximum number of messages of a group
   * @param prefetch maximum number of unacknowledged messages of each queue
   */
  public SimpleMessageListenerContainer inBatches(
      ChannelAwareBatchMessageListener listener, int groupSize, int prefetch) {
    SimpleMessageListenerContainer container =
        new GroupListenerContainer(brokers, listener, groupSize);
    configure(container, prefetch);
    return container;
  }

  /** A container for a queue that is deleted with its connection; it acknowledges nothing. */
  public SimpleMessageListenerContainer ofExclusiveQueue(MessageListener listener, int prefetch) {
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(brokers);
    container.setMessageListener(listener);
    configure(container, prefetch);
    container.setAcknowledgeMode(AcknowledgeMode.NONE);
    container.setShutdownTimeout(EXCLUSIVE_SHUTDOWN_MILLIS);
    container.setDeclarationRetries(1);
    container.setFailedDeclarationRetryInterval(RECONNECT_MILLIS);
    return container;
  }

  private static void configure(SimpleMessageListenerContainer container, int prefetch) {
    container.setPrefetchCount(prefetch);
    container.setRecoveryInterval(RECONNECT_MILLIS);
    container.setMissingQueuesFatal(false);
    container.setAutoDeclare(false);
  }
}
