package dev.sluice.producer.live;

import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveWord;
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
class Calls implements MessageListener, ConnectionListener {
  private final Map<String, Call> waiting = new ConcurrentHashMap<>();
  private final TaskSender sender;
  private final Doors doors;

  Calls(TaskSender sender, Doors doors, ConnectionFactory brokers) {
    this.sender = sender;
    this.doors = doors;
    brokers.addConnectionListener(this);
  }

  void add(Call call) {
    waiting.put(call.id(), call);
  }

  /**
   * Nobody waits for it any more.
   *
   * @param isAtWorkers whether one of them may still have its task: he leaves off
   */
  void remove(Call call, boolean isAtWorkers) {
    waiting.remove(call.id());
    call.end();
    if (isAtWorkers) {
      sender.sayToAll(new LiveWord.Gone(call.id()));
    }
  }

  @Override
  public void onCreate(@Nullable Connection connection) {
    // its queue is made by the admin
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    waiting.values().forEach(Call::connectionLost);
  }

  @Override
  public void onMessage(Message message) {
    LiveCodec.read(message).ifPresent(this::hear);
  }

  private void hear(LiveWord word) {
    Call call = waiting.get(word.taskId());
    if (word instanceof LiveWord.Claim claim) {
      boolean goes = call != null && claimed(call, claim);
      sender.say(
          claim.answerTo(),
          goes ? new LiveWord.Go(claim.taskId()) : new LiveWord.Gone(claim.taskId()));
    } else if (call != null) {
      call.hear(word);
    }
  }

  private boolean claimed(Call call, LiveWord.Claim claim) {
    boolean isFirst = !call.isClaimed();
    boolean goes = call.claim(claim);
    if (goes && isFirst) {
      doors.of(call.route()).claimed(call);
    }
    return goes;
  }
}
