package dev.sluice.producer.live;

import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.stereotype.Component;

/** Keeps the waiting calls of this producer and routes the workers' messages to them. */
@Component
class LiveCallRegistry implements MessageListener, ConnectionListener {
  private final Map<String, LiveCall> waiting = new ConcurrentHashMap<>();
  private final LiveTaskPublisher publisher;
  private final LiveAdmission liveAdmission;

  LiveCallRegistry(
      LiveTaskPublisher publisher, LiveAdmission liveAdmission, ConnectionFactory brokers) {
    this.publisher = publisher;
    this.liveAdmission = liveAdmission;
    brokers.addConnectionListener(this);
  }

  void add(LiveCall call) {
    waiting.put(call.id(), call);
  }

  /**
   * Removes a call that has ended.
   *
   * @param isWithWorkers whether a worker may still have its task; all workers are asked to cancel
   *     it
   */
  void remove(LiveCall call, boolean isWithWorkers) {
    waiting.remove(call.id());
    call.end();
    if (isWithWorkers) {
      publisher.broadcast(new LiveMessage.Cancelled(call.id()));
    }
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    // AmqpAdmin declares the reply queue
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    waiting.values().forEach(LiveCall::connectionLost);
  }

  @Override
  public void onMessage(Message message) {
    LiveCodec.read(message).ifPresent(this::receive);
  }

  private void receive(LiveMessage message) {
    LiveCall call = waiting.get(message.taskId());
    if (message instanceof LiveMessage.Claim claim) {
      boolean proceed = call != null && claim(call, claim);
      publisher.sendTo(
          claim.replyTo(),
          proceed
              ? new LiveMessage.Proceed(claim.taskId())
              : new LiveMessage.Cancelled(claim.taskId()));
    } else if (call != null) {
      call.receive(message);
    }
  }

  private boolean claim(LiveCall call, LiveMessage.Claim claim) {
    boolean isFirst = !call.isClaimed();
    boolean proceed = call.claim(claim);
    if (proceed && isFirst) {
      liveAdmission.of(call.route()).onClaimed(call);
    }
    return proceed;
  }
}
