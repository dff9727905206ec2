package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.broker.TestBroker;
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
    try (TcpProxy tcpProxy = new TcpProxy(broker);
        RunningProducer producer =
            RunningProducer.start(
                directory.resolve("postgres"),
                "sluice.feed.lost-after=10s", // the broken connection may have lost tasks
                "spring.rabbitmq.addresses=" + through(broker, tcpProxy))) {
      tcpProxy.cutAtNextConfirm();
      String batch = producer.batch(RunningProducer.lines(TASKS));
      await().atMost(SOON).until(tcpProxy::hasCutAtConfirm);
      assertThat(unconfirmed(producer)).isEqualTo(1);

      try (FakeWorker worker = producer.worker()) {
        await().atMost(SOON).until(() -> unconfirmed(producer) == 0);
        assertThat(producer.ended(batch).path("status").asString()).isEqualTo("completed");
        assertThat(worker.received).extracting(task -> task.ids().taskId()).doesNotHaveDuplicates();
        assertThat(worker.received).hasSize(TASKS);
      }
    }
  }

  private static String through(URI broker, TcpProxy tcpProxy) {
    return TestBroker.amqpUrl()
        .replace(broker.getHost() + ":" + broker.getPort(), "127.0.0.1:" + tcpProxy.port());
  }

  private static long unconfirmed(RunningProducer producer) {
    return producer.jdbc().sql("select count(*) from publications").query(Long.class).single();
  }
}
