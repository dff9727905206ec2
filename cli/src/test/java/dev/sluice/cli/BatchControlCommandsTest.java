package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchControlCommandsTest {
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
  void eachCommandSendsOneRequest() {
    producer.reply("POST /v1/batches/batch_1/cancel", "{\"status\":\"cancelling\"}");
    producer.reply("POST /api/batches/batch_1/pause", "{\"paused_at\":1}");
    producer.reply("POST /api/batches/batch_1/resume", "{\"paused_at\":null}");

    assertThat(CommandRun.of(producer, "cancel", "batch_1"))
        .isEqualTo(new CommandRun(0, "", "Cancelling batch_1. Running calls finish.\n"));
    assertThat(CommandRun.of(producer, "pause", "batch_1").err())
        .isEqualTo(
            "Paused batch_1. Its completion window still applies. Resume it: sluice resume batch_1\n");
    assertThat(CommandRun.of(producer, "resume", "batch_1", "--json"))
        .isEqualTo(new CommandRun(0, "{\"paused_at\":null}\n", ""));
    assertThat(producer.calls).hasSize(3);
  }

  @Test
  void rejectedCommandPrintsReason() {
    producer.reject(
        "POST /v1/batches/batch_1/cancel", 409, FakeProducer.error("Cannot cancel it any more."));

    assertThat(CommandRun.of(producer, "cancel", "batch_1"))
        .isEqualTo(new CommandRun(3, "", "Cannot cancel it any more.\n"));
  }
}
