package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.terminal.TerminalSize;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorReporterTest {
  private FakeProducer producer;

  @BeforeEach
  void start() throws IOException {
    producer = new FakeProducer();
  }

  @AfterEach
  void stop() {
    producer.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "//", "/v1", "/v1/"})
  void urlMayEndWithASlashOrTheVersion(String end) {
    CommandRun commandRun =
        CommandRun.of(
            Map.of("SLUICE_URL", producer.url() + end, "SLUICE_API_KEY", FakeProducer.KEY),
            TerminalSize.PIPE,
            "why",
            "batch_none");

    assertThat(commandRun.err()).isEqualTo("Not found: GET /api/batches/batch_none/why\n");
  }

  @Test
  void usageErrorIsOneLine() {
    assertThat(CommandRun.of(producer, "sumarize"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "unknown command 'sumarize'; did you mean 'summarize'? Try `sluice help`.\n"));
    assertThat(CommandRun.of(producer, "frobnicate").err())
        .isEqualTo("unknown command 'frobnicate'. Try `sluice help`.\n");
    assertThat(CommandRun.of(producer, "status", "--colour"))
        .isEqualTo(
            new CommandRun(2, "", "Unknown option: '--colour'. Try `sluice status --help`.\n"));
    assertThat(CommandRun.of(producer, "watch").err())
        .isEqualTo("Missing required parameter: 'BATCH'. Try `sluice watch --help`.\n");
  }

  @Test
  void invalidUrlIsUsageError() {
    assertThat(CommandRun.of(producer, "status", "--url", "localhost:80"))
        .isEqualTo(
            new CommandRun(
                2, "", "--url (localhost:80) is not a URL such as http://127.0.0.1:8080\n"));
  }

  @Test
  void unreachableProducerIsReportedWithFix() {
    producer.close();

    assertThat(CommandRun.of(producer, "status"))
        .isEqualTo(
            new CommandRun(
                4,
                "",
                "Sluice at %s is unreachable (connection refused). Start it with `sluice dev`, or set SLUICE_URL.\n"
                    .formatted(producer.url())));
  }

  @Test
  void rejectedKeyIsReportedWithItsSetting() {
    assertThat(CommandRun.of(producer, "--api-key", "wrong", "status"))
        .isEqualTo(
            new CommandRun(
                4,
                "",
                "Sluice at %s rejected the API key. Check SLUICE_API_KEY or --api-key.\n"
                    .formatted(producer.url())));
    assertThat(
            CommandRun.of(Map.of("SLUICE_URL", producer.url()), TerminalSize.PIPE, "status").err())
        .isEqualTo(
            "Sluice at %s requires an API key. Set SLUICE_API_KEY or --api-key.\n"
                .formatted(producer.url()));
  }

  @Test
  void serverErrorIsUnexpected() {
    producer.reject("GET /api/status", 500, FakeProducer.error("Boom."));

    assertThat(CommandRun.of(producer, "status")).isEqualTo(new CommandRun(5, "", "Boom.\n"));
  }

  @Test
  void otherServerIsReported() {
    producer.reply("GET /api/status", "<html>");

    assertThat(CommandRun.of(producer, "status"))
        .isEqualTo(
            new CommandRun(
                4,
                "",
                "The server at %s is not Sluice (HTTP 200, no content type). Check SLUICE_URL.\n"
                    .formatted(producer.url())));
    producer.reject("GET /api/status", 404, "<html><body>Not here</body></html>");
    producer.contentType = "text/html; charset=utf-8";
    assertThat(CommandRun.of(producer, "status").err())
        .isEqualTo(
            "The server at %s is not Sluice (HTTP 404, text/html). Check SLUICE_URL.\n"
                .formatted(producer.url()));
  }

  @Test
  void helpAndVersionGoToStdout() {
    assertThat(CommandRun.of(producer, "--version").out()).startsWith("sluice ");
    assertThat(CommandRun.of(producer, "help").out())
        .contains(
            "summarize", "submit", "watch", "results", "why, explain", "dead-letters, dead, dlq");
    assertThat(CommandRun.of(producer, "help", "summarize").out())
        .contains("--skip-unreadable", "--json");
    assertThat(CommandRun.of(producer, "explain", "--help").out())
        .contains("Explain what a batch or task waits for, and for how long.");
    assertThat(CommandRun.of(producer).exitCode()).isEqualTo(2);
  }
}
