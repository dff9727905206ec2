package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedIT {
  private static final Path OWN_STATUS = Path.of("/proc/self/status");

  @TempDir private Path temporary;

  /** A background process of a shell inherits the ignored signal, and the JVM keeps it. */
  @BeforeAll
  static void skipWhereInterruptsAreIgnored() throws IOException {
    if (Files.isReadable(OWN_STATUS)) {
      assumeFalse(
          Files.readString(OWN_STATUS).lines().anyMatch(InterruptedIT::ignoresInterrupts),
          "SIGINT is ignored: the tests run in a background process of a shell");
    }
  }

  private static boolean ignoresInterrupts(String line) {
    return line.startsWith("SigIgn:")
        && (Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16) & 1 << 1) != 0;
  }

  @Test
  void interruptPrintsThatBatchKeepsRunning() throws IOException, InterruptedException {
    assertThat(interrupted(Map.of("SLUICE_COMMAND", "./sluice")))
        .isEqualTo(
            """
            1 of 4 completed · 0 failed · 3 unfinished
            The batch keeps running. Follow it again: ./sluice watch batch_1 · download its results: ./sluice results batch_1
            """);
  }

  @Test
  void interruptOfEphemeralServerPrintsNoHint() throws IOException, InterruptedException {
    assertThat(interrupted(Map.of("SLUICE_EPHEMERAL", "1")))
        .isEqualTo("1 of 4 completed · 0 failed · 3 unfinished\n");
  }

  @Test
  void interruptDuringTheCreateRequestPrintsHowToContinueTheBatch()
      throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            temporary.resolve("in.jsonl"),
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{}}");
    try (FakeProducer producer = new FakeProducer()) {
      producer.replies.put("POST /v1/batches", FakeProducer.Reply.HANG);
      String err =
          interrupted(
              producer,
              Map.of(),
              () -> producer.calls.stream().anyMatch(call -> call.path().equals("/v1/batches")),
              "submit",
              file.toString());

      assertThat(err)
          .endsWith(
              "Interrupted. The batch may have been created. Run the command again, without --new: it continues the batch if it was created.\n");
    }
  }

  /** Interrupts {@code sluice watch} and returns its stderr. */
  private String interrupted(Map<String, String> environment)
      throws IOException, InterruptedException {
    try (FakeProducer producer = new FakeProducer()) {
      producer.state("in_progress", "\"total\":4,\"completed\":1");
      return interrupted(
          producer, environment, () -> err().contains("1 of 4 completed"), "watch", "batch_1");
    }
  }

  private String err() throws IOException {
    return Files.readString(temporary.resolve("err"), UTF_8);
  }

  /** Interrupts the command when the condition is true, and returns its stderr. */
  private String interrupted(
      FakeProducer producer,
      Map<String, String> environment,
      Callable<Boolean> condition,
      String... arguments)
      throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SluiceCli.class.getName()));
    line.addAll(List.of(arguments));
    ProcessBuilder command = new ProcessBuilder(line);
    command.environment().put("SLUICE_URL", producer.url());
    command.environment().put("SLUICE_API_KEY", FakeProducer.KEY);
    command.environment().putAll(environment);
    Process cli = command.redirectError(temporary.resolve("err").toFile()).start();
    try {
      await().atMost(Duration.ofMinutes(2)).until(condition);
      new ProcessBuilder("kill", "-INT", Long.toString(cli.pid())).start().waitFor();
      assertThat(cli.waitFor(60, TimeUnit.SECONDS)).as("exits on SIGINT").isTrue();
      assertThat(cli.exitValue()).isEqualTo(130);
    } finally {
      cli.destroyForcibly();
    }
    return err();
  }
}
