package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.QueueNames;
import dev.sluice.common.wire.CallRecord;
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
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
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

/** Routes with two members: a task that one refuses is called at the other at once. */
class MembersIT {
  /** Shorter than the Retry-After delay and than any backoff of a task. */
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private static final String THROTTLED = "members-429";
  private static final String UNREACHABLE = "members-down";
  private static final String QUOTA = "members-quota";
  private static final Map<String, OutcomeMessage> outcomes = new ConcurrentHashMap<>();

  private static @Nullable ScriptedProvider first;
  private static @Nullable ScriptedProvider second;
  private static @Nullable CachingConnectionFactory connections;
  private static @Nullable ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws IOException {
    ScriptedProvider one = new ScriptedProvider();
    ScriptedProvider other = new ScriptedProvider();
    first = one;
    second = other;
    connections = new CachingConnectionFactory(URI.create(TestBroker.amqpUrl()));
    worker =
        new SpringApplicationBuilder(WorkerApplication.class)
            .run(
                "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
                "--server.port=0",
                "--sluice.routes[0].name=" + THROTTLED,
                "--sluice.routes[0].backoff.base=1m",
                "--sluice.routes[0].members[0].name=first",
                "--sluice.routes[0].members[0].url=" + one.url(),
                "--sluice.routes[0].members[1].name=second",
                "--sluice.routes[0].members[1].url=" + other.url(),
                "--sluice.routes[0].members[1].model=renamed",
                "--sluice.routes[0].members[1].order=2",
                "--sluice.routes[1].name=" + UNREACHABLE,
                "--sluice.routes[1].models=down",
                "--sluice.routes[1].backoff.base=1m",
                "--sluice.routes[1].members[0].name=first",
                "--sluice.routes[1].members[0].url=http://127.0.0.1:1/v1",
                "--sluice.routes[1].members[1].name=second",
                "--sluice.routes[1].members[1].url=" + other.url(),
                "--sluice.routes[1].members[1].order=2",
                "--sluice.routes[2].name=" + QUOTA,
                "--sluice.routes[2].models=quota",
                "--sluice.routes[2].backoff.base=1m",
                "--sluice.routes[2].members[0].name=first",
                "--sluice.routes[2].members[0].url=" + one.url(),
                "--sluice.routes[2].members[1].name=second",
                "--sluice.routes[2].members[1].url=" + other.url(),
                "--sluice.routes[2].members[1].order=2");
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(worker).close();
    Objects.requireNonNull(connections).destroy();
    Objects.requireNonNull(first).close();
    Objects.requireNonNull(second).close();
  }

  @Test
  void throttledTaskIsCalledAtTheOtherMemberWithItsModel() {
    Objects.requireNonNull(first).script(body("a", "m"), Answer.rateLimit("60"));

    OutcomeMessage outcome = outcomeOf(THROTTLED, "a");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().throttles()).isZero();
    assertThat(outcome.stats().history().calls())
        .extracting(CallRecord::code, CallRecord::member)
        .containsExactly(tuple("throttled", "first"), tuple("completed", "second"));
    assertThat(Objects.requireNonNull(second).received(body("a", "renamed"))).hasSize(1);

    assertThat(outcomeOf(THROTTLED, "b").kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(Objects.requireNonNull(first).received(body("b", "m")))
        .as("the first member is held")
        .isEmpty();
  }

  @Test
  void taskOfAnUnreachableMemberIsCalledAtTheOther() {
    OutcomeMessage outcome = outcomeOf(UNREACHABLE, "c");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().history().calls())
        .extracting(CallRecord::code)
        .containsExactly("no_response", "completed");
  }

  @Test
  void taskOfAMemberWithoutQuotaIsCalledAtTheOther() {
    Objects.requireNonNull(first)
        .script(
            body("d", "m"),
            Answer.of(429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"Quota.\"}}"));

    OutcomeMessage outcome = outcomeOf(QUOTA, "d");

    assertThat(outcome.kind()).isEqualTo(OutcomeKind.COMPLETED);
    assertThat(outcome.stats().attempts()).isEqualTo(1);
    assertThat(outcome.stats().history().calls())
        .extracting(CallRecord::code)
        .containsExactly("quota", "completed");
  }

  private static String body(String id, String model) {
    return "{\"model\":\"" + model + "\",\"messages\":[],\"user\":\"" + id + "\"}";
  }

  /** Publishes a task and waits for its outcome. */
  private static OutcomeMessage outcomeOf(String route, String id) {
    RabbitTemplate template = new RabbitTemplate(Objects.requireNonNull(connections));
    TaskIds ids = new TaskIds(id, null, "/v1/chat/completions", route, Lane.BATCH, id, null);
    template.send(
        Exchanges.TASKS,
        route,
        TaskCodec.write(TaskMessage.first(ids, Instant.now(), null, Payload.of(body(id, "m")))));
    await()
        .atMost(AT_ONCE)
        .until(
            () -> {
              Message message;
              while ((message = template.receive(QueueNames.RESULTS)) != null) {
                OutcomeMessage outcome = OutcomeCodec.read(message);
                outcomes.put(outcome.ids().taskId(), outcome);
              }
              return outcomes.containsKey(id);
            });
    return Objects.requireNonNull(outcomes.get(id));
  }
}
