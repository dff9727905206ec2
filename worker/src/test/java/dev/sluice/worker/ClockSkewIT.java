package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.fleet.FleetCodec;
import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.fleet.RouteOverridesMessage;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeCodec;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.testkit.broker.TestBroker;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A worker whose clock is 25 hours ahead of the producer's. */
class ClockSkewIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SKEW = Duration.ofHours(25);
  private static final String ROUTE = "clock-skew-it";

  @Test
  void workerExpiresTasksByTheProducersClock() throws Exception {
    CachingConnectionFactory connections =
        new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    RabbitTemplate template = new RabbitTemplate(connections);
    try (ScriptedProvider provider = new ScriptedProvider();
        ConfigurableApplicationContext worker = worker(provider)) {
      Instant producerTime = Instant.now().minus(SKEW);
      send(template, "early", producerTime, producerTime.plus(Duration.ofHours(24)));
      announce(template, producerTime);
      await().atMost(TIMEOUT).until(() -> offset(worker) > SKEW.toSeconds() - 60);
      send(template, "running", producerTime, producerTime.plus(Duration.ofHours(24)));
      send(template, "late", producerTime, producerTime.minusSeconds(60));

      assertThat(outcomes(template, 3))
          .extracting(outcome -> outcome.ids().taskId() + " " + outcome.kind())
          .containsExactlyInAnyOrder(
              "early " + OutcomeKind.COMPLETED,
              "running " + OutcomeKind.COMPLETED,
              "late " + OutcomeKind.EXPIRED);
    } finally {
      connections.destroy();
    }
  }

  private static double offset(ConfigurableApplicationContext worker) {
    return worker.getBean(MeterRegistry.class).get("sluice.clock.offset").gauge().value();
  }

  private static void announce(RabbitTemplate template, Instant time) {
    Message message = FleetCodec.write(new RouteOverridesMessage(List.of()));
    message.getMessageProperties().setTimestamp(Date.from(time));
    template.send(Exchanges.FLEET, FleetTopics.ROUTE_OVERRIDES, message);
  }

  private static void send(RabbitTemplate template, String id, Instant now, Instant deadline) {
    TaskIds ids = new TaskIds(id, null, "/v1/chat/completions", ROUTE, Lane.BATCH, id, null);
    TaskMessage task =
        TaskMessage.first(ids, now, deadline, Payload.of("{\"model\":\"m\",\"messages\":[]}"));
    template.send(Exchanges.TASKS, ROUTE, TaskCodec.write(task));
  }

  private static List<OutcomeMessage> outcomes(RabbitTemplate template, int count) {
    return Stream.generate(() -> template.receive(QueueNames.RESULTS, TIMEOUT.toMillis()))
        .limit(count)
        .map(Objects::requireNonNull)
        .map(OutcomeCodec::read)
        .toList();
  }

  private static ConfigurableApplicationContext worker(ScriptedProvider provider) {
    return new SpringApplicationBuilder(WorkerApplication.class)
        .run(
            "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
            "--server.port=0",
            "--sluice.worker.name=worker-with-wrong-clock",
            "--sluice.routes[0].name=" + ROUTE,
            "--sluice.routes[0].provider.url=" + provider.url());
  }
}
