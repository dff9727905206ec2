package dev.sluice.system.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.system.run.Documents;
import dev.sluice.testkit.broker.BrokerCluster;
import dev.sluice.testkit.broker.RabbitInstallation;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that producer and worker use the broker's new password after a rotation. */
@Tag("faults")
class RenewedCredentialsIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @TempDir private Path folder = Path.of("");

  @Test
  void newConnectionsUseTheRotatedPassword() throws IOException {
    Optional<RabbitInstallation> installed = RabbitInstallation.found();
    assumeThat(installed).as("RabbitMQ is installed, not in Docker").isPresent();
    RabbitInstallation rabbit = installed.orElseThrow();
    try (BrokerCluster broker = BrokerCluster.start(rabbit, rabbit.dataFolder(), 1)) {
      URI url = URI.create(broker.url(1));
      Path file = Files.writeString(folder.resolve("password"), url.getUserInfo().split(":", 2)[1]);
      try (RunningSluice sluice =
          RunningSluice.start(
              folder.resolve("home"),
              Map.of("SLUICE_RABBITMQ_PASSWORDFILE", file.toString()),
              "--amqp-url",
              "amqp://sluice@127.0.0.1:" + url.getPort())) {
        summarise(sluice, "before");

        broker.changePassword("another-password");
        Files.writeString(file, "another-password\n");
        broker.closeConnections();

        await().atMost(TIMEOUT).until(() -> sluice.readiness("producer") == 200);
        summarise(sluice, "after");
      }
    }
  }

  private void summarise(RunningSluice sluice, String when) {
    Path documents = folder.resolve(when);
    Path file = folder.resolve(when + ".jsonl");
    List<String> names = Documents.write(documents, 12);
    assertThat(
            sluice
                .cli(
                    "summarize",
                    documents.toString(),
                    "--model",
                    "gpt-4o-mini",
                    "--out",
                    file.toString())
                .exitCode())
        .isZero();
    Documents.assertSummarised(names, file);
  }
}
