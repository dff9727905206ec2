package dev.sluice.worker.live;

import dev.sluice.common.live.LiveCodec;
import dev.sluice.common.live.LiveMessage;
import dev.sluice.common.wire.TaskMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/** The callers of the live tasks that this worker processes. */
public final class LiveCallers {
  private final Map<String, RemoteCaller> callers = new ConcurrentHashMap<>();
  private final ConnectionFactory connectionFactory;
  private final String ownQueue;
  private final String worker;

  /**
   * @param connectionFactory the factory of publisher connections, separate from the consumers'
   * @param ownQueue the queue on which this worker receives messages from callers
   * @param worker the name of this worker
   */
  public LiveCallers(ConnectionFactory connectionFactory, String ownQueue, String worker) {
    this.connectionFactory = connectionFactory;
    this.ownQueue = ownQueue;
    this.worker = worker;
  }

  /**
   * The caller of this task. Close it after the settlement.
   *
   * @param canAcknowledge whether the delivery can still be acknowledged
   */
  public LiveCaller of(TaskMessage task, BooleanSupplier canAcknowledge) {
    String replyTo = task.replyTo();
    if (replyTo == null) {
      return LiveCaller.none(canAcknowledge);
    }
    String id = task.ids().taskId();
    RemoteCaller caller =
        new RemoteCaller(
            new ReplyChannel(connectionFactory, replyTo),
            new LiveMessage.Claim(id, worker, ownQueue),
            closed -> callers.remove(id, closed));
    callers.put(id, caller);
    return caller;
  }

  /** Handles a message on this worker's queue. */
  public void onMessage(Message message) {
    LiveCodec.read(message).ifPresent(this::onMessage);
  }

  private void onMessage(LiveMessage message) {
    RemoteCaller caller = callers.get(message.taskId());
    if (caller != null) {
      caller.onMessage(message);
    }
  }
}
