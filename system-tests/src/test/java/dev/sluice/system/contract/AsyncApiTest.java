package dev.sluice.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.fleet.FleetTopics;
import dev.sluice.common.live.LiveQueues;
import dev.sluice.common.topology.DelayLevels;
import dev.sluice.common.topology.Exchanges;
import dev.sluice.common.topology.SluiceTopology;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.core.Queue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares docs/asyncapi.yaml with the messages, exchanges and queues, in both directions. */
class AsyncApiTest {
  private static final Contract CONTRACT = Contract.read("docs/asyncapi.yaml");
  private static final String GOLDEN = "common/src/test/resources/golden";

  @Test
  void hasEveryHeaderAndNoOther() {
    Set<String> described = new TreeSet<>();
    CONTRACT
        .at("/components/messages")
        .forEach(
            message -> {
              addNames(message.path("headers"), described);
              message.at("/headers/anyOf").forEach(headers -> addNames(headers, described));
            });
    described.remove("x-death"); // of the broker

    assertThat(described).isEqualTo(constants(Headers.class));
  }

  private static void addNames(JsonNode headers, Set<String> names) {
    names.addAll(headers.path("properties").propertyNames());
  }

  @Test
  void hasEveryExchangeAndNoOther() {
    Set<String> described = new TreeSet<>();
    for (JsonNode channel : CONTRACT.at("/channels")) {
      JsonNode exchange = channel.at("/bindings/amqp/exchange/name");
      if (!exchange.isMissingNode()) {
        described.add(exchange.asString());
      }
    }
    assertThat(described).isEqualTo(constants(Exchanges.class));
  }

  /** The queues of single processes have random names, and the delay queues are internal. */
  @Test
  void hasEveryQueueAndNoOther() {
    Set<String> described = new TreeSet<>();
    for (JsonNode channel : CONTRACT.at("/channels")) {
      JsonNode queue = channel.at("/bindings/amqp/queue");
      if (!queue.isMissingNode() && queue.path("durable").asBoolean()) {
        assertThat(queue.path("name")).isEqualTo(channel.path("address"));
        described.add(queue.path("name").asString());
      }
    }
    Set<String> declared =
        SluiceTopology.declare(List.of("ROUTE")).getDeclarablesByType(Queue.class).stream()
            .map(queue -> queue.getName().replace("ROUTE", "{route}"))
            .collect(Collectors.toCollection(TreeSet::new));
    declared.removeAll(DelayLevels.queueNames());

    assertThat(described).isEqualTo(declared);
  }

  @Test
  void hasEveryTopicOfTheFleetAndNoOther() {
    Set<String> described = new TreeSet<>();
    for (JsonNode channel : CONTRACT.at("/channels")) {
      if (channel.at("/bindings/amqp/exchange/name").asString("").equals(Exchanges.FLEET)) {
        described.add(channel.path("address").asString());
      }
    }
    Set<String> topics = constants(FleetTopics.class);
    topics.add(LiveQueues.CANCELLED);

    assertThat(described).isEqualTo(topics);
  }

  @Test
  void fleetMessagesHaveTheMembersOfTheRecords() throws ClassNotFoundException {
    RecordComparison comparison = new RecordComparison(CONTRACT, JsonMapper.builder().build());
    for (String name : CONTRACT.at("/components/schemas").propertyNames()) {
      if (name.endsWith("Message") || name.equals("WorkerReport")) {
        comparison.response(
            JsonMapper.builder().build().constructType(ProducerClass.named(name).type()),
            CONTRACT.at("/components/schemas/" + name),
            name);
      }
    }
    assertThat(comparison.problems()).isEmpty();
  }

  @Test
  void hasEveryKindLaneAndFailureCode() {
    JsonNode outcome = CONTRACT.at("/components/messages/Outcome/headers/properties");

    assertThat(Contract.strings(outcome.at("/sluice-outcome/enum")))
        .isEqualTo(names(OutcomeKind.values()));
    assertThat(Contract.strings(outcome.at("/sluice-lane/enum"))).isEqualTo(names(Lane.values()));
    assertThat(Contract.strings(outcome.at("/sluice-failure-code/examples")))
        .isEqualTo(names(FailureCode.values()));
    assertThat(Contract.strings(CONTRACT.at("/channels/outcomes/parameters/outcome/enum")))
        .isEqualTo(names(OutcomeKind.values()));
  }

  private static Set<String> names(Enum<?>[] values) {
    return Stream.of(values)
        .map(value -> value.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The golden files have messages as the codecs write them. */
  @ParameterizedTest
  @CsvSource({
    "task, Task",
    "checked-task, Task",
    "completed, Outcome",
    "failed, Outcome",
    "failed, DeadLetter",
    "invalid-output, Outcome",
    "invalid-output, DeadLetter"
  })
  void messagesOfTheCodecsFit(String file, String message) {
    JsonNode golden = Contract.read(GOLDEN + "/" + file + ".json").root();
    JsonNode described = CONTRACT.at("/components/messages/" + message);

    assertThat(CONTRACT.problems(described.path("headers"), golden.path("headers"))).isEmpty();
    assertThat(CONTRACT.problems(described.path("x-amqp-properties"), golden)).isEmpty();
    assertThat(golden.at("/headers/sluice-wire")).isEqualTo(CONTRACT.at("/info/version"));
    assertThat(described.path("x-amqp-properties").path("properties").propertyNames())
        .containsAll(properties(golden));
  }

  private static Collection<String> properties(JsonNode golden) {
    Set<String> names = new TreeSet<>(golden.propertyNames());
    names.removeAll(Set.of("headers", "body", "delivery_mode"));
    return names;
  }

  @Test
  void everyGoldenFileIsCompared() throws IOException {
    try (Stream<Path> files = Files.list(Checkout.root().resolve(GOLDEN))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "task.json",
              "checked-task.json",
              "completed.json",
              "failed.json",
              "invalid-output.json");
    }
  }

  @Test
  void everyComponentIsUsed() {
    Set<String> references = CONTRACT.references();
    for (String kind : List.of("messages", "schemas")) {
      for (String name : CONTRACT.at("/components/" + kind).propertyNames()) {
        assertThat(references).contains("#/components/" + kind + "/" + name);
      }
    }
  }

  /** The public string constants of a class. */
  private static Set<String> constants(Class<?> type) {
    Set<String> values = new TreeSet<>();
    try {
      for (Field field : type.getFields()) {
        if (field.getType() == String.class) {
          values.add(String.valueOf(field.get(null)));
        }
      }
    } catch (IllegalAccessException hidden) {
      throw new AssertionError(hidden);
    }
    return values;
  }
}
