package dev.sluice.producer;

import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallHistory;
import dev.sluice.common.wire.CallRecord;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskReadResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/** Consumes the tasks of the test's route, and publishes the outcomes that the test returns. */
final class FakeWorker implements AutoCloseable {
  final List<TaskMessage> received = new CopyOnWriteArrayList<>();
  private final SimpleMessageListenerContainer container;

  FakeWorker(
      ConnectionFactory connectionFactory, Function<TaskMessage, List<OutcomeMessage>> outcomes) {
    RabbitTemplate publisher = new RabbitTemplate(connectionFactory);
    container = new SimpleMessageListenerContainer(connectionFactory);
    container.setQueueNames(QueueNames.tasks(RunningProducer.ROUTE, Lane.BATCH));
    container.setReceiveTimeout(50);
    container.setMessageListener(
        message -> {
          if (TaskCodec.read(message, RunningProducer.ROUTE, Instant.EPOCH)
              instanceof TaskReadResult.Task task) {
            received.add(task.message());
            for (OutcomeMessage outcome : outcomes.apply(task.message())) {
              publisher.send(Exchanges.OUTCOMES, outcome.routingKey(), OutcomeCodec.write(outcome));
            }
          }
        });
    container.start();
  }

  static OutcomeMessage completed(TaskMessage task) {
    String reply = "{\n  \"echo\": \"%s\"\n}".formatted(task.ids().customId());
    return OutcomeMessage.completed(task.ids(), stats(200), Payload.of(reply));
  }

  static CallStats stats(int status) {
    CallRecord throttled =
        new CallRecord(Instant.parse("2026-03-01T12:00:00Z"), "fake", 429, "throttled", 1_000L);
    CallRecord last =
        new CallRecord(Instant.parse("2026-03-01T12:00:01Z"), "fake", status, "completed", null);
    CallHistory history = new CallHistory(List.of(throttled, last));
    return new CallStats(1, 2, status, "req_1", 10, 5, Duration.ofMillis(20), "fake", history);
  }

  @Override
  public void close() {
    container.stop();
    container.destroy();
  }
}
