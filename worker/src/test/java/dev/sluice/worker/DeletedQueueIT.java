package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.testkit.broker.TestBroker;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The queue of a route is deleted while a worker consumes it. */
class DeletedQueueIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int CONCURRENCY = 8;

  /**
   * The end and the restart of each consumer, and the declaration. A consumer that restarts while
   * the broker still deletes the queue ends twice. None of them logs while it waits for the queue.
   */
  private static final int MAX_LOG_EVENTS = 2 * 2 * CONCURRENCY + 1;

  @ParameterizedTest
  @EnumSource(Lane.class)
  void workerDeclaresTheQueueAndConsumesAgain(Lane lane) throws Exception {
    String route = "deleted-queue-it-" + lane.wireName();
    String queue = QueueNames.tasks(route, lane);
    CachingConnectionFactory connections =
        new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    RabbitTemplate template = new RabbitTemplate(connections);
    RecordingAppender log = new RecordingAppender();
    try (ScriptedProvider provider = new ScriptedProvider();
        ConfigurableApplicationContext worker = worker(route, provider)) {
      send(template, route, lane, "before"); // its outcome needs all connections of the worker
      assertThat(template.receive(QueueNames.RESULTS, TIMEOUT.toMillis())).isNotNull();
      AmqpAdmin admin = worker.getBean(AmqpAdmin.class);
      await().atMost(TIMEOUT).until(() -> consumers(admin, queue) == CONCURRENCY);

      log.attach();
      admin.deleteQueue(queue);
      String declared =
          "Declared deleted queues again: [%s]. Their messages are lost.".formatted(queue);
      await().atMost(TIMEOUT).until(() -> log.messages.contains(declared));
      await().atMost(TIMEOUT).until(() -> consumers(admin, queue) == CONCURRENCY);
      log.detach();

      send(template, route, lane, "after");
      assertThat(template.receive(QueueNames.RESULTS, TIMEOUT.toMillis())).isNotNull();
      assertThat(provider.received(body("after"))).hasSize(1);
      assertThat(log.messages).hasSizeLessThanOrEqualTo(MAX_LOG_EVENTS);
      assertThat(log.stackTraces).isEmpty();
    } finally {
      log.detach();
      connections.destroy();
    }
  }

  private static void send(RabbitTemplate template, String route, Lane lane, String id) {
    TaskIds ids = new TaskIds(id, null, "/v1/chat/completions", route, lane, id, null);
    TaskMessage task = TaskMessage.first(ids, Instant.now(), null, Payload.of(body(id)));
    template.send(Exchanges.TASKS, QueueNames.taskKey(route, lane), TaskCodec.write(task));
  }

  private static String body(String id) {
    return "{\"model\":\"m\",\"messages\":[],\"user\":\"" + id + "\"}";
  }

  private static int consumers(AmqpAdmin admin, String queue) {
    QueueInformation information = admin.getQueueInfo(queue);
    return information == null ? 0 : information.getConsumerCount();
  }

  private static ConfigurableApplicationContext worker(String route, ScriptedProvider provider) {
    return new SpringApplicationBuilder(WorkerApplication.class)
        .run(
            "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
            "--server.port=0",
            "--sluice.worker.name=worker-of-" + route,
            "--sluice.routes[0].name=" + route,
            "--sluice.routes[0].provider.url=" + provider.url(),
            "--sluice.routes[0].concurrency=" + CONCURRENCY,
            "--sluice.routes[0].live-concurrency=" + CONCURRENCY);
  }

  private static final class RecordingAppender extends AppenderBase<ILoggingEvent> {
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final List<String> stackTraces = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    void attach() {
      start();
      root.addAppender(this);
    }

    void detach() {
      root.detachAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      messages.add(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        stackTraces.add(event.getFormattedMessage());
      }
    }
  }
}
