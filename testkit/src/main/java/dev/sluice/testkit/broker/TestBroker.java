package dev.sluice.testkit.broker;

import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.testcontainers.rabbitmq.RabbitMQContainer;

/**
 * The RabbitMQ broker that all tests of a JVM share.
 *
 * <p>Uses the first of these that applies: the broker at {@code SLUICE_TEST_AMQP_URL}, a virtual
 * host of the running broker in {@code SLUICE_TEST_BROKER_HOME}, a container if Docker is
 * available, a private node of the launcher. What the JVM started stops with the JVM.
 */
public final class TestBroker {
  private static final Path DOCKER_SOCKET = Path.of("/var/run/docker.sock");
  private static final String IMAGE = "rabbitmq:4-management";

  private static @Nullable String url;
  private static @Nullable VirtualHost virtualHost;

  private TestBroker() {}

  /**
   * The broker's URL, {@code amqp://user:password@host:port} with an optional virtual host. The
   * first call starts the broker.
   */
  public static synchronized String amqpUrl() {
    if (url == null) {
      url = start();
    }
    return url;
  }

  /** The next call of {@link #amqpUrl} returns a new virtual host, if there are virtual hosts. */
  static synchronized void nextClass() {
    if (virtualHost != null) {
      virtualHost.remove();
      virtualHost = null;
      url = null;
    }
  }

  private static String start() {
    String given = System.getenv("SLUICE_TEST_AMQP_URL");
    if (given != null && !given.isBlank()) {
      return given;
    }
    virtualHost = VirtualHost.createForBuild().orElse(null);
    if (virtualHost != null) {
      return virtualHost.url();
    }
    return isDockerLikely() ? startContainer() : startNode();
  }

  /** A shutdown hook stops the node and deletes its data. */
  private static String startNode() {
    try {
      Path folder = Files.createTempDirectory("sluice-broker-");
      CloseableStack open = new CloseableStack();
      Runtime.getRuntime().addShutdownHook(new Thread(open::close, "stop-broker"));
      open.add(() -> Folders.delete(folder));
      return open.add(Broker.in(folder)).start();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Testcontainers' own check takes seconds if Docker is missing. */
  private static boolean isDockerLikely() {
    return System.getenv("DOCKER_HOST") != null || Files.exists(DOCKER_SOCKET);
  }

  @SuppressWarnings("resource") // shared until the JVM exits; Testcontainers removes it
  private static String startContainer() {
    RabbitMQContainer broker = new RabbitMQContainer(IMAGE);
    broker.start();
    return broker.getAmqpUrl();
  }
}
