package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.broker.AmqpProxy;
import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection that breaks between a publish and its confirm. */
class LostConfirmIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int TASKS = 40;

  @Test
  void tasksInTheQueueAreNotPublishedAgain(@TempDir Path directory) throws Exception {
    URI broker = URI.create(TestBroker.amqpUrl());
    try (AmqpProxy proxy = new AmqpProxy(broker);
        RunningProducer producer =
            RunningProducer.start(
                directory.resolve("postgres"),
                "sluice.dispatch.lost-after=10s", // the broken connection may have lost tasks
                "spring.rabbitmq.addresses=" + through(broker, proxy))) {
      proxy.cutAtTheNextAckOf(AmqpProxy.Side.BROKER);
      String batch = producer.batch(RunningProducer.lines(TASKS));
      await().atMost(SOON).until(() -> !proxy.isArmed());
      assertThat(unconfirmed(producer)).isEqualTo(1);

      try (FakeWorker worker = producer.worker()) {
        await().atMost(SOON).until(() -> unconfirmed(producer) == 0);
        assertThat(producer.finished(batch).path("status").asString()).isEqualTo("completed");
        assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
        assertThat(worker.received).hasSize(TASKS);
      }
    }
  }

  private static String through(URI broker, AmqpProxy proxy) {
    return TestBroker.amqpUrl()
        .replace(broker.getHost() + ":" + broker.getPort(), "127.0.0.1:" + proxy.port());
  }

  private static long unconfirmed(RunningProducer producer) {
    return producer.jdbc().sql("select count(*) from publications").query(Long.class).single();
  }
}
