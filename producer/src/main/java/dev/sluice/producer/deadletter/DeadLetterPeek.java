package dev.sluice.producer.deadletter;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.dispatch.TaskPublisher;
import dev.sluice.producer.error.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.support.DefaultMessagePropertiesConverter;
import org.springframework.amqp.rabbit.support.MessagePropertiesConverter;
import org.springframework.stereotype.Component;

/**
 * Looks at dead letters that are not taken in yet. They are fetched, and given back all together:
 * so they are in their places again. Who looks while another has some in hand would get those
 * behind them, and they would come back in front: one looks at a time. The queue's delivery limit
 * is as good as none.
 */
@Component
class DeadLetterPeek {
  private static final int MOST = 10;

  private final RouteHistory routes;
  private final DeadLetterQueues queues;
  private final TaskPublisher broker;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();
  private final ReentrantLock oneAtATime = new ReentrantLock();

  DeadLetterPeek(RouteHistory routes, DeadLetterQueues queues, TaskPublisher broker) {
    this.routes = routes;
    this.queues = queues;
    this.broker = broker;
  }

  /** What was seen. */
  record PeekedMessage(String object, String route, long waiting, List<PeekResult> deadLetters) {}

  record PeekResult(
      String taskId,
      int run,
      String customId,
      String failureCode,
      String failure,
      String request,
      long requestBytes) {}

  /**
   * @throws org.springframework.amqp.AmqpException where the broker is away
   */
  PeekedMessage at(String route) {
    if (!routes.names().contains(route) || !queues.has(route)) {
      throw ApiException.badRequest(
          "There is no route '%s'.".formatted(route), "route", "route_not_found");
    }
    List<PeekResult> letters = new ArrayList<>();
    long[] waiting = new long[1];
    oneAtATime.lock();
    try {
      broker.onOwnChannel(
          channel -> {
            waiting[0] = channel.messageCount(QueueNames.deadLetters(route));
            look(channel, QueueNames.deadLetters(route), letters);
          });
    } finally {
      oneAtATime.unlock();
    }
    return new PeekedMessage("dead_letter_peek", route, waiting[0], letters);
  }

  private void look(Channel channel, String queue, List<PeekResult> letters) throws IOException {
    for (int i = 0; i < MOST; i++) {
      @Nullable GetResponse one = channel.basicGet(queue, /* autoAck= */ false);
      if (one == null) {
        break;
      }
      letters.add(glimpse(one));
    }
    if (!letters.isEmpty()) {
      channel.basicNack(/* deliveryTag= */ 0, /* multiple= */ true, /* requeue= */ true);
      channel.messageCount(queue); // its answer says that they have been given back
    }
  }

  private PeekResult glimpse(GetResponse one) {
    OutcomeMessage dead =
        OutcomeCodec.readDeadLetter(
            new Message(
                one.getBody(),
                properties.toMessageProperties(
                    one.getProps(), one.getEnvelope(), StandardCharsets.UTF_8.name())));
    Failure failure = dead.failure();
    return new PeekResult(
        dead.ids().taskId(),
        dead.ids().run(),
        dead.ids().customId(),
        failure == null ? "unknown" : failure.code(),
        failure == null ? "" : failure.detail(),
        DeadLetterView.shown(dead.body()),
        dead.body().size());
  }
}
