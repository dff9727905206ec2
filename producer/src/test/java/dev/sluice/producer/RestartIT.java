package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Starts of a producer while tasks wait in the queue. */
class RestartIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String ROUTE = "producer-it-restart";
  private static final int TASKS = 30;
  private static final int STARTS = 3;

  /** At 20 deliveries the broker dead-letters a task. */
  @Test
  void startDeliversNoWaitingTask(@TempDir Path directory) throws Exception {
    for (int start = 1; start <= STARTS; start++) {
      int submitted = start * TASKS;
      try (RunningProducer producer =
          RunningProducer.start(
              directory.resolve("postgres"),
              "sluice.routes[0].name=" + ROUTE,
              "sluice.routes[0].max-tasks-in-broker=1000")) {
        producer.batch(RunningProducer.lines(TASKS));
        await().atMost(SOON).until(() -> confirmed(producer) == submitted);
      }
    }

    List<Message> tasks = waiting();
    assertThat(tasks).hasSize(STARTS * TASKS);
    assertThat(tasks).allMatch(task -> deliveries(task) == 0);
  }

  /** The header is absent or 0 before the first delivery, depending on the broker's version. */
  private static long deliveries(Message task) {
    Object count = task.getMessageProperties().getHeaders().get("x-delivery-count");
    return count == null ? 0 : ((Number) count).longValue();
  }

  private static long confirmed(RunningProducer producer) {
    return producer
        .jdbc()
        .sql("select coalesce(sum(published), 0) from feeds")
        .query(Long.class)
        .single();
  }

  private static List<Message> waiting() {
    CachingConnectionFactory broker =
        new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    try {
      RabbitTemplate template = new RabbitTemplate(broker);
      String queue = QueueNames.tasks(ROUTE, Lane.BATCH);
      List<Message> tasks = new ArrayList<>();
      for (Message task = template.receive(queue); task != null; task = template.receive(queue)) {
        tasks.add(task);
      }
      return tasks;
    } finally {
      broker.destroy();
    }
  }
}
