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

/** All callers who wait at this producer, and what the workers say of their tasks. */
@Component
class LiveCallRegistry implements MessageListener, ConnectionListener {
  private final Map<String, LiveCall> waiting = new ConcurrentHashMap<>();
  private final LiveTaskPublisher sender;
  private final LiveAdmission liveAdmission;

  LiveCallRegistry(
      LiveTaskPublisher sender, LiveAdmission liveAdmission, ConnectionFactory brokers) {
    this.sender = sender;
    this.liveAdmission = liveAdmission;
    brokers.addConnectionListener(this);
  }

  void add(LiveCall call) {
    waiting.put(call.id(), call);
  }

  /**
   * Nobody waits for it any more.
   *
   * @param isAtWorkers whether one of them may still have its task: he leaves off
   */
  void remove(LiveCall call, boolean isAtWorkers) {
    waiting.remove(call.id());
    call.end();
    if (isAtWorkers) {
      sender.sayToAll(new LiveMessage.Cancelled(call.id()));
    }
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    // its queue is made by the admin
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    waiting.values().forEach(LiveCall::connectionLost);
  }

  @Override
  public void onMessage(Message message) {
    LiveCodec.read(message).ifPresent(this::hear);
  }

  private void hear(LiveMessage word) {
    LiveCall call = waiting.get(word.taskId());
    if (word instanceof LiveMessage.Claim claim) {
      boolean goes = call != null && claimed(call, claim);
      sender.say(
          claim.replyTo(),
          goes
              ? new LiveMessage.Proceed(claim.taskId())
              : new LiveMessage.Cancelled(claim.taskId()));
    } else if (call != null) {
      call.hear(word);
    }
  }

  private boolean claimed(LiveCall call, LiveMessage.Claim claim) {
    boolean isFirst = !call.isClaimed();
    boolean goes = call.claim(claim);
    if (goes && isFirst) {
      liveAdmission.of(call.route()).claimed(call);
    }
    return goes;
  }
}
