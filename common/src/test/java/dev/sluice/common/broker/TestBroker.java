package dev.sluice.common.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.rabbitmq.RabbitMQContainer;

/**
 * One RabbitMQ for all tests of a JVM: the one that {@code SLUICE_TEST_AMQP_URL} names, else a
 * container where Docker answers, else a private node of the launcher's. It ends with the JVM.
 */
public final class TestBroker {
  private static final Path DOCKER_SOCKET = Path.of("/var/run/docker.sock");
  private static final String IMAGE = "rabbitmq:4-management";

  private TestBroker() {}

  /** Its address, {@code amqp://user:password@host:port}; started by the first call. */
  public static String amqpUrl() {
    return Holder.URL;
  }

  private static String start() {
    String given = System.getenv("SLUICE_TEST_AMQP_URL");
    if (given != null && !given.isBlank()) {
      return given;
    }
    return dockerMayAnswer() ? startContainer() : LauncherBroker.start();
  }

  /** Testcontainers' own check takes seconds where there is no Docker. */
  private static boolean dockerMayAnswer() {
    return System.getenv("DOCKER_HOST") != null || Files.exists(DOCKER_SOCKET);
  }

  @SuppressWarnings("resource") // it lives as long as the JVM; Testcontainers removes it
  private static String startContainer() {
    RabbitMQContainer broker = new RabbitMQContainer(IMAGE);
    broker.start();
    return broker.getAmqpUrl();
  }

  private static final class Holder {
    static final String URL = start();
  }
}
