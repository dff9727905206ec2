package dev.sluice.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.sluice.testkit.broker.TestBroker;
import dev.sluice.testkit.process.ChildProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer that cannot start prints one line with the cause, and exits with 1. */
class StartFailureIT {
  private static final String KEY = "--sluice.api-key=test-key-0123456789";

  @TempDir private Path directory = Path.of("");

  @Test
  void missingKeyStopsTheStart() throws Exception {
    assertThat(start("--server.port=0"))
        .containsExactly(
            "sluice-producer cannot start: sluice.api-key is missing. Set it, or SLUICE_API_KEY in the environment, to a secret of at least 16 characters.");
  }

  @Test
  void unreachableBrokerStopsTheStartBeforeTheDatabase() throws Exception {
    assertThat(start(KEY, "--server.port=0", "--spring.rabbitmq.addresses=amqp://u:p@127.0.0.1:9"))
        .singleElement()
        .asString()
        .startsWith("sluice-producer cannot start: RabbitMQ at 127.0.0.1:9 is unreachable");
    assertThat(directory.resolve("postgres")).doesNotExist();
  }

  @Test
  void undefinedSslBundleStopsTheStart() throws Exception {
    assertThat(start(KEY, "--server.port=0", "--spring.rabbitmq.ssl.bundle=inside"))
        .containsExactly(
            "sluice-producer cannot start: the TLS bundle inside is not defined. Define it below spring.ssl.bundle.pem or spring.ssl.bundle.jks.");
  }

  @Test
  void unreachableDatabaseStopsTheStart() throws Exception {
    assertThat(
            start(
                KEY,
                "--server.port=0",
                "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl(),
                "--spring.datasource.url=jdbc:postgresql://127.0.0.1:9/x"))
        .containsExactly(
            "sluice-producer cannot start: PostgreSQL at postgresql://127.0.0.1:9/x cannot be reached (Connection refused). Start it, or correct spring.datasource.url.");
  }

  @Test
  void usedPortStopsTheStartAndTheDatabase() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(
              start(
                  KEY,
                  "--server.port=" + listener.getLocalPort(),
                  "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl()))
          .singleElement()
          .asString()
          .startsWith(
              "sluice-producer cannot start: port " + listener.getLocalPort() + " is in use");
    }
    assertThat(directory.resolve("postgres/data/PG_VERSION")).exists();
    assertThat(directory.resolve("postgres/data/postmaster.pid")).doesNotExist();
  }

  @Test
  void queueWithOtherArgumentsStopsTheStart() throws Exception {
    ConnectionFactory connectionFactory = new ConnectionFactory();
    connectionFactory.setUri(TestBroker.amqpUrl());
    String queue = "sluice.dead.made-otherwise";
    try (Connection connection = connectionFactory.newConnection();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(
          queue, true, false, false, Map.of("x-queue-type", "quorum", "x-delivery-limit", 7));
      assertThat(
              start(
                  KEY,
                  "--server.port=0",
                  "--sluice.routes[0].models=gpt-4o-mini",
                  "--sluice.routes[1].name=made-otherwise",
                  "--sluice.routes[1].models=gpt-4o",
                  "--sluice.routes[1].provider.url=http://127.0.0.1:9/v1",
                  "--spring.rabbitmq.addresses=" + TestBroker.amqpUrl()))
          .singleElement()
          .asString()
          .startsWith(
              "sluice-producer cannot start: RabbitMQ has a queue or exchange of that name with other arguments (PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue '"
                  + queue)
          .endsWith("docs/upgrading.md describes how to move its messages.");
      channel.queueDelete(queue);
    }
    assertThat(directory.resolve("postgres")).doesNotExist();
  }

  /** Starts a producer, and returns the lines that are not ordinary log lines. */
  private List<String> start(String... settings) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = "--sluice.database.directory=" + directory.resolve("postgres");
    try (ChildProcess producer =
        ProducerProcess.start(directory.resolve("output"), List.of(), all)) {
      assertThat(producer.exitCode(Duration.ofSeconds(90))).isEqualTo(1);
      return producer.output().lines().filter(line -> !line.contains(" INFO ")).toList();
    }
  }
}
