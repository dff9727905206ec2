package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.testkit.broker.TestBroker;
import dev.sluice.testkit.process.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** A producer whose heap is smaller than the messages that wait for it. */
class SmallHeapIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final int RESULTS = 100;
  private static final byte[] REPLY = new byte[3 * 1024 * 1024];

  @Test
  void waitingResultsThatExceedTheHeapAreCollected(@TempDir Path directory) throws Exception {
    ConnectionFactory client = new ConnectionFactory();
    client.setUri(TestBroker.amqpUrl());
    CachingConnectionFactory broker = new CachingConnectionFactory(client);
    AmqpAdmin admin = new RabbitAdmin(broker);
    try {
      publishResults(broker, admin);
      try (ChildProcess producer =
          ProducerProcess.start(
              directory.resolve("output"),
              List.of("-Xmx192m"),
              "--sluice.api-key=test-key-0123456789",
              "--server.port=0",
              "--sluice.routes[0].models=gpt-4o-mini",
              "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
              "--sluice.database.directory=" + directory.resolve("postgres"))) {
        // Unacknowledged results are not ready, but return to the queue if their consumer dies.
        await()
            .during(Duration.ofSeconds(2))
            .atMost(TIMEOUT)
            .until(() -> !producer.isAlive() || ready(admin) == 0);
        assertThat(producer.isAlive()).as("%s", producer.output()).isTrue();
        assertThat(producer.output().lines()).noneMatch(line -> line.contains("OutOfMemoryError"));
      }
    } finally {
      broker.destroy();
    }
  }

  private static void publishResults(CachingConnectionFactory broker, AmqpAdmin admin) {
    Declarables topology = SluiceTopology.declare(List.of(RunningProducer.ROUTE));
    topology.getDeclarablesByType(Exchange.class).forEach(admin::declareExchange);
    topology.getDeclarablesByType(Queue.class).forEach(admin::declareQueue);
    topology.getDeclarablesByType(Binding.class).forEach(admin::declareBinding);
    RabbitTemplate publisher = new RabbitTemplate(broker);
    for (int i = 0; i < RESULTS; i++) {
      String id = UUID.randomUUID().toString();
      TaskIds ids =
          new TaskIds(id, id, "/v1/embeddings", RunningProducer.ROUTE, Lane.BATCH, id, null);
      OutcomeMessage outcome =
          OutcomeMessage.completed(ids, FakeWorker.stats(200), Payload.of(REPLY));
      publisher.send(Exchanges.OUTCOMES, outcome.routingKey(), OutcomeCodec.write(outcome));
    }
    await().atMost(TIMEOUT).until(() -> ready(admin) == RESULTS);
  }

  private static long ready(AmqpAdmin admin) {
    QueueInformation queue = admin.getQueueInfo(QueueNames.RESULTS);
    return queue == null ? 0 : queue.getMessageCount();
  }
}
