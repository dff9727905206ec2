package dev.sluice.common.broker;

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
  private static LauncherBroker.@Nullable VirtualHost virtualHost;

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
    String home = System.getenv("SLUICE_TEST_BROKER_HOME");
    if (home != null && !home.isBlank()) {
      virtualHost = LauncherBroker.running(Path.of(home)).createVirtualHost();
      return virtualHost.url();
    }
    return isDockerLikely() ? startContainer() : LauncherBroker.start();
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
