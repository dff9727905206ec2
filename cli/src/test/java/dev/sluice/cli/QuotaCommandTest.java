package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuotaCommandTest {
  private static final String QUOTA =
      """
      {"object":"project_quota","project":"red",
       "limits":{"batches":3,"queued_tasks":null,"queued_bytes":null,"stored_bytes":5000},
       "used":{"batches":2,"queued_tasks":40,"queued_bytes":900,"stored_bytes":4100}}""";
  private static final String TABLE =
      """
      PROJECT red   USED  LIMIT
      batches          2  3
      queued tasks    40  unlimited
      queued bytes   900  unlimited
      stored bytes  4100  5000
      """;

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
  void ownAndOtherQuotasAreShown() {
    producer.reply("GET /api/quota", QUOTA);
    producer.reply("GET /api/quotas/red", QUOTA);

    assertThat(CommandRun.of(producer, "quota", "show")).isEqualTo(new CommandRun(0, TABLE, ""));
    assertThat(CommandRun.of(producer, "quota", "show", "red"))
        .isEqualTo(new CommandRun(0, TABLE, ""));
    assertThat(CommandRun.of(producer, "--json", "quota", "show").out())
        .contains("\"stored_bytes\":5000");
  }

  @Test
  void missingLimitsAreSentAsNull() {
    producer.reply("PUT /api/quotas/red", QUOTA);

    assertThat(
            CommandRun.of(
                producer, "quota", "set", "red", "--batches", "3", "--stored-bytes", "5000"))
        .isEqualTo(new CommandRun(0, TABLE, ""));
    assertThat(producer.sent("PUT /api/quotas/red"))
        .isEqualTo(
            "{\"batches\":3,\"queued_tasks\":null,\"queued_bytes\":null,\"stored_bytes\":5000}");
  }

  @Test
  void limitThatIsNotANumberIsUsageError() {
    assertThat(CommandRun.of(producer, "quota", "set", "red", "--batches", "many").exitCode())
        .isEqualTo(2);
  }
}
