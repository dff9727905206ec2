package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysCommandTest {
  private static final String KEY =
      """
      {"id":"key_1","object":"api_key","name":"ci","project":"red","created_at":1000,"revoked_at":null,"key":%s}""";

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
  void onlyNewKeyIsPrintedToStdout() {
    producer.reply("POST /api/keys", KEY.formatted("\"sk-sluice-1-2\""));

    CommandRun commandRun = CommandRun.of(producer, "keys", "create", "ci", "--project", "red");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                0,
                "sk-sluice-1-2\n",
                "Created key_1 in project red. The key is not shown again.\n"));
    assertThat(producer.sent("POST /api/keys")).isEqualTo("{\"name\":\"ci\",\"project\":\"red\"}");
  }

  @Test
  void keysAreListedAndRevoked() {
    producer.reply("GET /api/keys", "{\"data\":[%s]}".formatted(KEY.formatted("null")));
    producer.reply("DELETE /api/keys/key_1", KEY.formatted("null"));

    assertThat(CommandRun.of(producer, "keys", "list").out())
        .isEqualTo(
            """
            KEY    PROJECT  CREATED               REVOKED  LIVE CALLS  NAME
            key_1  red      1970-01-01T00:16:40Z  -        -           ci
            """);
    assertThat(CommandRun.of(producer, "keys", "revoke", "key_1"))
        .isEqualTo(new CommandRun(0, "", "Revoked key_1.\n"));
    assertThat(CommandRun.of(producer, "keys", "revoke", "key_2").exitCode()).isEqualTo(3);
  }

  @Test
  void keyIsCreatedWithLimits() {
    producer.reply("POST /api/keys", KEY.formatted("\"sk-sluice-1-2\""));

    CommandRun commandRun =
        CommandRun.of(
            producer,
            "keys",
            "create",
            "ci",
            "--concurrency",
            "2",
            "--rpm",
            "30",
            "--budget",
            "2.5");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sent("POST /api/keys"))
        .isEqualTo("{\"name\":\"ci\",\"concurrency\":2,\"requests_per_minute\":30,\"budget\":2.5}");
  }

  @Test
  void limitsAreSetShownAndRemoved() {
    String limited =
        KEY.formatted("null,\"concurrency\":1,\"requests_per_minute\":30,\"budget\":50.000000");
    producer.reply("POST /api/keys/key_1", limited);
    producer.reply("GET /api/keys", "{\"data\":[%s]}".formatted(limited));

    assertThat(
            CommandRun.of(producer, "keys", "limit", "key_1", "--concurrency", "1", "--rpm", "30"))
        .isEqualTo(new CommandRun(0, "", "key_1: 1 concurrent, 30 per minute, $50 per month.\n"));
    assertThat(producer.sent("POST /api/keys/key_1"))
        .isEqualTo("{\"concurrency\":1,\"requests_per_minute\":30}");
    assertThat(CommandRun.of(producer, "keys", "list").out())
        .contains("1 concurrent, 30 per minute");
    producer.reply("POST /api/keys/key_1", KEY.formatted("null"));
    assertThat(CommandRun.of(producer, "keys", "limit", "key_1"))
        .isEqualTo(new CommandRun(0, "", "key_1: no limits.\n"));
    assertThat(CommandRun.of(producer, "keys", "limit", "key_1", "--rpm", "many").exitCode())
        .isEqualTo(2);
  }

  @Test
  void forbiddenResponseIsPrinted() {
    producer.reject(
        "GET /api/keys", 403, FakeProducer.error("This requires the administrator's key."));

    assertThat(CommandRun.of(producer, "keys", "list"))
        .isEqualTo(new CommandRun(4, "", "This requires the administrator's key.\n"));
  }

  @Test
  void missingSubcommandIsUsageError() {
    CommandRun commandRun = CommandRun.of(producer, "keys");

    assertThat(commandRun.exitCode()).isEqualTo(2);
    assertThat(commandRun.err()).contains("Missing required subcommand");
  }
}
