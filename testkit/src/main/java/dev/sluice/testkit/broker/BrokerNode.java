package dev.sluice.testkit.broker;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node of a {@link BrokerCluster}; each start creates a new process. */
final class BrokerNode {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

  private final RabbitInstallation installation;
  private final Path home;
  private final int epmdPort;
  private final String name;
  private final int port = Ports.free();
  private final int distributionPort = Ports.free();
  private @Nullable ChildProcess process;

  BrokerNode(RabbitInstallation installation, Path folder, int number, int epmdPort) {
    this.installation = installation;
    this.home = folder.resolve("node-" + number);
    this.epmdPort = epmdPort;
    this.name = "sluice-%d@localhost".formatted(number);
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  /** The process of the last start. */
  ChildProcess process() {
    return Objects.requireNonNull(process, "the node has not been started");
  }

  Optional<ChildProcess> started() {
    return Optional.ofNullable(process);
  }

  void launch() {
    process =
        ChildProcess.start(
            home.resolve("out.log"),
            environment(),
            installation.command(installation.script("rabbitmq-server")));
  }

  /** Waits until the node accepts connections. */
  void awaitOpen() {
    await()
        .atMost(START_TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> Ports.answers(port) || !process().isAlive());
    if (!process().isAlive()) {
      throw new IllegalStateException(name + " ended: " + process().output());
    }
  }

  /**
   * Writes the files of the node.
   *
   * @param settings additional lines of {@code rabbitmq.conf}
   */
  void configure(String password, List<String> settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "default_user = sluice",
                "default_pass = " + password,
                "log.console = false",
                "log.file.level = info",
                "cluster_name = sluice"));
    all.addAll(settings);
    try {
      Files.createDirectories(home);
      Files.writeString(home.resolve("plugins"), "[].\n");
      Files.writeString(home.resolve("env.conf"), "");
      Files.copy(
          Checkout.root().resolve("launcher/rabbitmq/advanced.config"),
          home.resolve("advanced.config"));
      Files.writeString(home.resolve("rabbitmq.conf"), String.join("\n", all) + "\n");
      Path cookie = Files.writeString(home.resolve(".erlang.cookie"), "SLUICE" + password);
      Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Environment variables for the programs of this node. */
  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>(installation.environment());
    all.put("HOME", inside(""));
    all.put("RABBITMQ_NODENAME", name);
    all.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_NODE_PORT", Integer.toString(port));
    all.put("RABBITMQ_DIST_PORT", Integer.toString(distributionPort));
    all.put("ERL_ZFLAGS", "-kernel inet_dist_use_interface {127,0,0,1}");
    all.put("ERL_EPMD_PORT", Integer.toString(epmdPort));
    all.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_MNESIA_BASE", inside("data"));
    all.put("RABBITMQ_LOG_BASE", inside("log"));
    all.put("RABBITMQ_ENABLED_PLUGINS_FILE", inside("plugins"));
    all.put("RABBITMQ_CONFIG_FILE", inside("rabbitmq.conf"));
    all.put("RABBITMQ_ADVANCED_CONFIG_FILE", inside("advanced.config"));
    all.put("RABBITMQ_CONF_ENV_FILE", inside("env.conf"));
    all.put("RABBITMQ_PID_FILE", inside("pid"));
    // exec: the node replaces the script and receives its signals
    all.put("RUNNING_UNDER_SYSTEMD", "true");
    return all;
  }

  private String inside(String file) {
    return installation.inside(file.isEmpty() ? home : home.resolve(file));
  }
}
