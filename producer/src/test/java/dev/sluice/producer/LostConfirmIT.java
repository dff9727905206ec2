package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.broker.TestBroker;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** A connection that breaks between a publish and its confirm. */
class LostConfirmIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String ROUTE = "producer-it-lost-confirm";
  private static final String QUEUE = QueueNames.tasks(ROUTE, Lane.BATCH);
  private static final int TASKS = 40;

  @Test
  void tasksInTheQueueAreNotPublishedAgain(@TempDir Path directory) throws Exception {
    URI broker = URI.create(TestBroker.amqpUrl());
    CachingConnectionFactory direct = new CachingConnectionFactory(broker);
    RabbitAdmin admin = new RabbitAdmin(direct);
    try (TcpProxy tcpProxy = new TcpProxy(broker);
        RunningProducer producer =
            RunningProducer.start(
                directory.resolve("postgres"),
                "spring.rabbitmq.addresses=" + through(broker, tcpProxy),
                "sluice.routes[0].name=" + ROUTE)) {
      tcpProxy.cutAtNextConfirm();
      producer.batch(RunningProducer.lines(TASKS));

      await().atMost(SOON).until(tcpProxy::hasCutAtConfirm);
      await().atMost(SOON).until(() -> submitted(producer) == TASKS);

      assertThat(ready(admin)).isEqualTo(TASKS);
      assertThat(ids(new RabbitTemplate(direct))).hasSize(TASKS);
    } finally {
      direct.destroy();
    }
  }

  private static String through(URI broker, TcpProxy tcpProxy) {
    return TestBroker.amqpUrl()
        .replace(broker.getHost() + ":" + broker.getPort(), "127.0.0.1:" + tcpProxy.port());
  }

  private static long submitted(RunningProducer producer) {
    return producer
        .jdbc()
        .sql("select count(*) from tasks where state = 'submitted'")
        .query(Long.class)
        .single();
  }

  private static Set<String> ids(RabbitTemplate template) {
    Set<String> ids = new HashSet<>();
    Message message = template.receive(QUEUE);
    while (message != null) {
      ids.add(message.getMessageProperties().getMessageId());
      message = template.receive(QUEUE);
    }
    return ids;
  }

  private static int ready(RabbitAdmin admin) {
    return (int) Objects.requireNonNull(admin.getQueueInfo(QUEUE)).getMessageCount();
  }
}
