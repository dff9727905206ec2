package dev.sluice.producer.deadletter;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import dev.sluice.api.deadletter.PeekedDeadLetters;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.producer.dispatch.TaskPublisher;
import dev.sluice.producer.web.ApiException;
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
 * Reads dead letters that are still in the broker, without consuming them.
 *
 * <p>It gets up to 10 messages and requeues them with one nack, which restores their order. Peeks
 * are serialized: concurrent peeks would return messages out of order. Requeues do not dead-letter
 * a message again, because the queue's delivery limit is practically unlimited.
 */
@Component
class DeadLetterPeek {
  private static final int MAX_MESSAGES = 10;

  private final RouteHistory history;
  private final DeadLetterQueues queues;
  private final TaskPublisher broker;
  private final MessagePropertiesConverter properties = new DefaultMessagePropertiesConverter();
  private final ReentrantLock lock = new ReentrantLock();

  DeadLetterPeek(RouteHistory history, DeadLetterQueues queues, TaskPublisher broker) {
    this.history = history;
    this.queues = queues;
    this.broker = broker;
  }

  /**
   * Reads the first dead letters of a route.
   *
   * @throws ApiException 400 if the route does not exist
   * @throws org.springframework.amqp.AmqpException if the broker is unavailable
   */
  PeekedDeadLetters peek(String route) {
    if (!history.names().contains(route) || !queues.exists(route)) {
      throw ApiException.badRequest(
          "Route '%s' does not exist.".formatted(route), "route", "route_not_found");
    }
    List<PeekedDeadLetters.PeekedMessage> deadLetters = new ArrayList<>();
    long[] waiting = new long[1];
    lock.lock();
    try {
      broker.onOwnChannel(
          channel -> {
            waiting[0] = channel.messageCount(QueueNames.deadLetters(route));
            read(channel, QueueNames.deadLetters(route), deadLetters);
          });
    } finally {
      lock.unlock();
    }
    return new PeekedDeadLetters("dead_letter_peek", route, waiting[0], deadLetters);
  }

  private void read(
      Channel channel, String queue, List<PeekedDeadLetters.PeekedMessage> deadLetters)
      throws IOException {
    for (int i = 0; i < MAX_MESSAGES; i++) {
      @Nullable GetResponse response = channel.basicGet(queue, /* autoAck= */ false);
      if (response == null) {
        break;
      }
      deadLetters.add(peekedMessage(response));
    }
    if (!deadLetters.isEmpty()) {
      channel.basicNack(/* deliveryTag= */ 0, /* multiple= */ true, /* requeue= */ true);
      channel.messageCount(queue); // a synchronous call: its response follows the requeue
    }
  }

  private PeekedDeadLetters.PeekedMessage peekedMessage(GetResponse response) {
    OutcomeMessage dead =
        OutcomeCodec.readDeadLetter(
            new Message(
                response.getBody(),
                properties.toMessageProperties(
                    response.getProps(), response.getEnvelope(), StandardCharsets.UTF_8.name())));
    Failure failure = dead.failure();
    return new PeekedDeadLetters.PeekedMessage(
        dead.ids().taskId(),
        dead.ids().run(),
        dead.ids().customId(),
        failure == null ? "unknown" : failure.code(),
        failure == null ? "" : failure.detail(),
        DeadLetterViews.truncated(dead.body()),
        dead.body().size());
  }
}
