package dev.sluice.worker.live;

import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.TaskMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/** The callers whose tasks this worker has in hand. */
public final class LiveCallers {
  private final Map<String, RemoteCaller> waiting = new ConcurrentHashMap<>();
  private final ConnectionFactory brokers;
  private final String ownQueue;
  private final String worker;

  /**
   * @param brokers makes channels with returns, apart from those of the consumers
   * @param ownQueue where this worker hears what callers say
   */
  public LiveCallers(ConnectionFactory brokers, String ownQueue, String worker) {
    this.brokers = brokers;
    this.ownQueue = ownQueue;
    this.worker = worker;
  }

  /**
   * Who waits for this task. To be closed.
   *
   * @param held whether the broker still leaves the task to this worker
   */
  public LiveCaller of(TaskMessage task, BooleanSupplier held) {
    String replyTo = task.replyTo();
    if (replyTo == null) {
      return LiveCaller.none(held);
    }
    String id = task.ids().taskId();
    RemoteCaller caller =
        new RemoteCaller(
            new ReplyChannel(brokers, replyTo),
            new LiveMessage.Claim(id, worker, ownQueue),
            ended -> waiting.remove(id, ended));
    waiting.put(id, caller);
    return caller;
  }

  /** A message on this worker's own queue. */
  public void heard(Message message) {
    LiveCodec.read(message).ifPresent(this::heard);
  }

  private void heard(LiveMessage word) {
    RemoteCaller caller = waiting.get(word.taskId());
    if (caller != null) {
      caller.heard(word);
    }
  }
}
