package dev.sluice.producer.infrastructure.broker;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;

/**
 * A container whose listener receives {@link MessageGrouper}. Spring's batch listener containers
 * either wait for a timeout after each message, or poll with it while no message arrives.
 */
final class GroupListenerContainer extends SimpleMessageListenerContainer {
  private final MessageGrouper grouper;

  GroupListenerContainer(
      ConnectionFactory brokers, ChannelAwareBatchMessageListener listener, int groupSize) {
    super(brokers);
    this.grouper = new MessageGrouper(listener, groupSize);
    setAcknowledgeMode(AcknowledgeMode.MANUAL);
    setMessageListener(grouper);
  }

  @Override
  protected void doStart() {
    grouper.start();
    super.doStart();
  }

  /** The current group finishes before its channel closes. */
  @Override
  protected void shutdownAndWaitOrCallback(@Nullable Runnable callback) {
    grouper.stop();
    super.shutdownAndWaitOrCallback(callback);
  }
}
