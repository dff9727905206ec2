package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedIT {
  @TempDir private Path temporary;

  @Test
  void ctrlCSaysThatTheBatchGoesOn() throws IOException, InterruptedException {
    assertThat(interrupted(Map.of("SLUICE_COMMAND", "./sluice")))
        .isEqualTo(
            """
            1 of 4 done · 0 failed · 3 waiting
            The batch goes on. Watch it again: ./sluice watch batch_1
            """);
  }

  @Test
  void whereEverythingEndsItSaysNothingOfTheKind() throws IOException, InterruptedException {
    assertThat(interrupted(Map.of("SLUICE_EPHEMERAL", "1")))
        .isEqualTo("1 of 4 done · 0 failed · 3 waiting\n");
  }

  /** What stderr says. */
  private String interrupted(Map<String, String> environment)
      throws IOException, InterruptedException {
    Path err = temporary.resolve("err");
    try (FakeProducer producer = new FakeProducer()) {
      producer.state("in_progress", "\"total\":4,\"completed\":1");
      ProcessBuilder command =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              SluiceCli.class.getName(),
              "watch",
              "batch_1");
      command.environment().put("SLUICE_URL", producer.url());
      command.environment().put("SLUICE_API_KEY", FakeProducer.KEY);
      command.environment().putAll(environment);
      Process cli = command.redirectError(err.toFile()).start();
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> Files.readString(err, UTF_8).contains("1 of 4 done"));
        new ProcessBuilder("kill", "-INT", Long.toString(cli.pid())).start().waitFor();
        assertThat(cli.waitFor()).isEqualTo(130);
      } finally {
        cli.destroyForcibly();
      }
    }
    return Files.readString(err, UTF_8);
  }
}
