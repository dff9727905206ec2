package dev.sluice.producer.infrastructure.broker;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;

/**
 * A container whose listener receives {@link MessageGrouper}. Spring's own batches either wait for
 * a timeout after each message, or poll with it while no message arrives.
 */
final class GroupListenerContainer extends SimpleMessageListenerContainer {
  private final MessageGrouper batches;

  GroupListenerContainer(
      ConnectionFactory brokers, ChannelAwareBatchMessageListener listener, int batchSize) {
    super(brokers);
    this.batches = new MessageGrouper(listener, batchSize);
    setAcknowledgeMode(AcknowledgeMode.MANUAL);
    setMessageListener(batches);
  }

  @Override
  protected void doStart() {
    batches.start();
    super.doStart();
  }

  /** The current batch ends before its channel closes. */
  @Override
  protected void shutdownAndWaitOrCallback(@Nullable Runnable callback) {
    batches.stop();
    super.shutdownAndWaitOrCallback(callback);
  }
}
