package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysCommandTest {
  private static final String MADE =
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
  void aNewKeyGoesToStdoutAlone() {
    producer.reply("POST /api/keys", MADE.formatted("\"sk-sluice-1-2\""));

    CommandRun commandRun = CommandRun.of(producer, "keys", "create", "ci", "--project", "red");

    assertThat(commandRun)
        .isEqualTo(
            new CommandRun(
                0, "sk-sluice-1-2\n", "key_1 of project red. The key is not shown again.\n"));
    assertThat(producer.sent("POST /api/keys")).isEqualTo("{\"name\":\"ci\",\"project\":\"red\"}");
  }

  @Test
  void keysAreListedAndRevoked() {
    producer.reply("GET /api/keys", "{\"data\":[%s]}".formatted(MADE.formatted("null")));
    producer.reply("DELETE /api/keys/key_1", MADE.formatted("null"));

    assertThat(CommandRun.of(producer, "keys", "list").out())
        .isEqualTo(
            """
            KEY    PROJECT  MADE                  REVOKED  LIVE CALLS  NAME
            key_1  red      1970-01-01T00:16:40Z  -        -           ci
            """);
    assertThat(CommandRun.of(producer, "keys", "revoke", "key_1"))
        .isEqualTo(new CommandRun(0, "", "key_1 is revoked.\n"));
    assertThat(CommandRun.of(producer, "keys", "revoke", "key_2").exitCode()).isEqualTo(3);
  }

  @Test
  void aKeyIsMadeWithAShare() {
    producer.reply("POST /api/keys", MADE.formatted("\"sk-sluice-1-2\""));

    CommandRun commandRun =
        CommandRun.of(producer, "keys", "create", "ci", "--concurrency", "2", "--rpm", "30");

    assertThat(commandRun.exitCode()).isZero();
    assertThat(producer.sent("POST /api/keys"))
        .isEqualTo("{\"name\":\"ci\",\"concurrency\":2,\"requests_per_minute\":30}");
  }

  @Test
  void aShareIsSetShownAndLifted() {
    String shared = MADE.formatted("null,\"concurrency\":1,\"requests_per_minute\":30");
    producer.reply("POST /api/keys/key_1", shared);
    producer.reply("GET /api/keys", "{\"data\":[%s]}".formatted(shared));

    assertThat(
            CommandRun.of(producer, "keys", "share", "key_1", "--concurrency", "1", "--rpm", "30"))
        .isEqualTo(new CommandRun(0, "", "key_1: 1 at once, 30 a minute.\n"));
    assertThat(producer.sent("POST /api/keys/key_1"))
        .isEqualTo("{\"concurrency\":1,\"requests_per_minute\":30}");
    assertThat(CommandRun.of(producer, "keys", "list").out()).contains("1 at once, 30 a minute");
    producer.reply("POST /api/keys/key_1", MADE.formatted("null"));
    assertThat(CommandRun.of(producer, "keys", "share", "key_1"))
        .isEqualTo(new CommandRun(0, "", "key_1: as much as the route takes.\n"));
    assertThat(CommandRun.of(producer, "keys", "share", "key_1", "--rpm", "many").exitCode())
        .isEqualTo(2);
  }

  @Test
  void aKeyThatMayNotIsToldWhichOneMay() {
    producer.refuse("GET /api/keys", 403, FakeProducer.error("This needs another key."));

    assertThat(CommandRun.of(producer, "keys", "list"))
        .isEqualTo(new CommandRun(4, "", "This needs another key.\n"));
  }

  @Test
  void whatToDoWithKeysHasToBeSaid() {
    CommandRun commandRun = CommandRun.of(producer, "keys");

    assertThat(commandRun.exitCode()).isEqualTo(2);
    assertThat(commandRun.err()).contains("Missing required subcommand");
  }
}
