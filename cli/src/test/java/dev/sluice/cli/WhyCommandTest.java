package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WhyCommandTest {
  private static final String REASON =
      "{\"kind\":\"tokens_per_minute\",\"sentence\":\"Limited by tokens/min on route"
          + " mini.\",\"route\":\"mini\",\"seconds\":540}";

  private FakeProducer producer;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @Test
  void reasonOfBatchIsPrinted() {
    producer.reply("GET /api/batches/batch_1/why", REASON);

    assertThat(CommandRun.of(producer, "why", "batch_1"))
        .isEqualTo(new CommandRun(0, "Limited by tokens/min on route mini.\n", ""));
    assertThat(CommandRun.of(producer, "why", "batch_1", "--json"))
        .isEqualTo(new CommandRun(0, REASON + "\n", ""));
  }

  @Test
  void explainIsAnAliasAndAcceptsTasks() {
    producer.reply("GET /api/tasks/01a2/why", REASON);

    assertThat(CommandRun.of(producer, "explain", "01a2").out())
        .isEqualTo("Limited by tokens/min on route mini.\n");
  }

  @Test
  void unknownBatchIsAnError() {
    producer.reject(
        "GET /api/batches/batch_2/why",
        404,
        FakeProducer.error("No batch found with id 'batch_2'."));

    CommandRun commandRun = CommandRun.of(producer, "why", "batch_2");
    assertThat(commandRun.out()).isEmpty();
    assertThat(commandRun.err()).contains("No batch found with id 'batch_2'.");
    assertThat(commandRun.exitCode()).isNotZero();
  }
}
