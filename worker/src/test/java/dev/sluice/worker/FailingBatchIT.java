package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import dev.sluice.worker.ScriptedProvider.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Requests that always fail must not hold the route for the requests of others. */
class FailingBatchIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Shorter than the first hold of the circuit breaker in these tests. */
  private static final Duration WITHOUT_HOLD = Duration.ofSeconds(5);

  private static final Answer FIREWALL = Answer.of(403, "<html>Forbidden</html>");
  private static final Answer MOVED =
      new Answer(301, Map.of("Location", "https://api.example.com/v1?key=secret"), "Moved", null);
  private static final Answer ERROR = Answer.of(500, "{\"error\":{\"message\":\"bug\"}}");
  private static final Map<String, OutcomeMessage> outcomes = new ConcurrentHashMap<>();

  private static @Nullable ScriptedProvider provider;
  private static @Nullable CachingConnectionFactory connections;

  @BeforeAll
  static void start() throws IOException {
    provider = new ScriptedProvider();
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(connections).destroy();
    Objects.requireNonNull(provider).close();
  }

  @Test
  void promptsThatAFirewallRejectsAreDeadLetteredAndAllOthersComplete() {
    String route = "failing-403";
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add("doc-" + i);
    }
    alwaysAnswer("doc-7", FIREWALL);
    alwaysAnswer("doc-13", FIREWALL);
    try (ConfigurableApplicationContext worker = worker(route)) {
      ids.forEach(id -> publish(route, "batch_documents", id));

      assertThat(ids).allSatisfy(id -> assertThat(outcomeOf(id)).isNotNull());

      assertThat(ids.stream().filter(id -> outcomeOf(id).kind() != OutcomeKind.COMPLETED))
          .containsExactly("doc-7", "doc-13");
      OutcomeMessage failed = outcomeOf("doc-7");
      assertThat(failed.failure()).isNotNull();
      assertThat(failed.failure().code()).isEqualTo("attempts_exhausted");
      assertThat(failed.failure().detail()).contains("Forbidden");
      assertThat(failed.stats().attempts()).isEqualTo(3);
      assertThat(worker.isActive()).isTrue();
    }
  }

  @Test
  void batchThatAlwaysGetsA500HoldsNoOtherBatchAndIsDeadLettered() {
    String route = "failing-500";
    List<String> bad = List.of("bad-1", "bad-2", "bad-3", "bad-4", "bad-5", "bad-6", "bad-7");
    bad.forEach(id -> alwaysAnswer(id, ERROR));
    try (ConfigurableApplicationContext worker = worker(route)) {
      bad.forEach(id -> publish(route, "batch_bad", id));
      await().atMost(TIMEOUT).until(() -> bad.stream().mapToInt(FailingBatchIT::calls).sum() >= 5);

      for (int i = 0; i < 6; i++) {
        String id = "good-" + i;
        publish(route, "batch_good", id);
        await().atMost(WITHOUT_HOLD).until(() -> calls(id) == 1);
        assertThat(outcomeOf(id).kind()).isEqualTo(OutcomeKind.COMPLETED);
      }

      for (String id : bad) {
        assertThat(outcomeOf(id).kind()).isEqualTo(OutcomeKind.FAILED);
      }
      assertThat(worker.isActive()).isTrue();
    }
  }

  @Test
  void movedProviderHoldsTheRouteAndFailsNoTask() {
    String route = "failing-301";
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add("moved-" + i);
      alwaysAnswer("moved-" + i, MOVED);
    }
    try (ConfigurableApplicationContext worker = worker(route)) {
      for (int i = 0; i < ids.size(); i++) {
        publish(route, "batch_" + i % 2, ids.get(i));
      }
      await().atMost(TIMEOUT).until(() -> isHeld(worker, route));
      ids.forEach(id -> provider().script(body(id)));

      assertThat(ids)
          .allSatisfy(id -> assertThat(outcomeOf(id).kind()).isEqualTo(OutcomeKind.COMPLETED));
    }
  }

  private static boolean isHeld(ConfigurableApplicationContext worker, String route) {
    return worker
            .getBean(MeterRegistry.class)
            .get("sluice.route.held")
            .tags("route", route, "kind", "breaker")
            .gauge()
            .value()
        == 1;
  }

  private static ConfigurableApplicationContext worker(String route) {
    return new SpringApplicationBuilder(WorkerApplication.class)
        .run(
            "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
            "--server.port=0",
            "--sluice.worker.name=failing-batch-it",
            "--sluice.routes[0].name=" + route,
            "--sluice.routes[0].provider.url=" + provider().url(),
            "--sluice.routes[0].concurrency=2",
            "--sluice.routes[0].limits.learn=false",
            "--sluice.routes[0].max-attempts=3",
            "--sluice.routes[0].breaker.probe-delay=8s",
            "--sluice.routes[0].backoff.base=250ms");
  }

  private static void alwaysAnswer(String id, Answer answer) {
    provider().script(body(id), Collections.nCopies(100, answer).toArray(Answer[]::new));
  }

  private static int calls(String id) {
    return provider().received(body(id)).size();
  }

  private static void publish(String route, String batch, String id) {
    TaskIds ids = new TaskIds(id, batch, "/v1/chat/completions", route, Lane.BATCH, id, null);
    template()
        .send(
            Exchanges.TASKS,
            route,
            TaskCodec.write(TaskMessage.first(ids, Instant.now(), null, Payload.of(body(id)))));
  }

  private static String body(String id) {
    return "{\"model\":\"m\",\"messages\":[],\"user\":\"" + id + "\"}";
  }

  private static OutcomeMessage outcomeOf(String id) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              Message message;
              while ((message = template().receive(QueueNames.RESULTS)) != null) {
                OutcomeMessage outcome = OutcomeCodec.read(message);
                outcomes.put(outcome.ids().taskId(), outcome);
              }
              return outcomes.containsKey(id);
            });
    return Objects.requireNonNull(outcomes.get(id));
  }

  private static RabbitTemplate template() {
    return new RabbitTemplate(Objects.requireNonNull(connections));
  }

  private static ScriptedProvider provider() {
    return Objects.requireNonNull(provider);
  }
}
