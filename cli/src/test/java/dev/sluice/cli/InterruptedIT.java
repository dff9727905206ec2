package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedIT {
  @TempDir private Path temporary;

  @Test
  void ctrlCSaysThatTheBatchGoesOn() throws IOException, InterruptedException {
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
    assertThat(err)
        .hasContent(
            """
            1 of 4 done · 0 failed · 3 waiting
            The batch goes on. Watch it again: sluice watch batch_1
            """);
  }
}
