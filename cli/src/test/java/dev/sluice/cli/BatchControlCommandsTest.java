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
  void eachStepIsOneRequest() {
    producer.reply("POST /v1/batches/batch_1/cancel", "{\"status\":\"cancelling\"}");
    producer.reply("POST /api/batches/batch_1/pause", "{\"paused_at\":1}");
    producer.reply("POST /api/batches/batch_1/resume", "{\"paused_at\":null}");

    assertThat(CommandRun.of(producer, "cancel", "batch_1"))
        .isEqualTo(
            new CommandRun(
                0,
                "",
                "batch_1 is being cancelled; what is with the provider now still comes to its end.\n"));
    assertThat(CommandRun.of(producer, "pause", "batch_1").err())
        .isEqualTo(
            "batch_1 is paused; its completion window runs on. Let it go on with `sluice resume batch_1`.\n");
    assertThat(CommandRun.of(producer, "resume", "batch_1", "--json"))
        .isEqualTo(new CommandRun(0, "{\"paused_at\":null}\n", ""));
    assertThat(producer.calls).hasSize(3);
  }

  @Test
  void aStepThatIsTooLateSaysWhy() {
    producer.refuse(
        "POST /v1/batches/batch_1/cancel", 409, FakeProducer.error("Cannot cancel it any more."));

    assertThat(CommandRun.of(producer, "cancel", "batch_1"))
        .isEqualTo(new CommandRun(3, "", "Cannot cancel it any more.\n"));
  }
}
