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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster of installed RabbitMQ nodes on the loopback interface, with its own epmd, ports, data
 * and cookie. Node numbers start at 1.
 */
public final class BrokerCluster implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RabbitInstallation installation;
  private final Path folder;
  private final int epmdPort = Ports.free();
  private final String password = HexFormat.of().toHexDigits(new Random().nextLong());
  private final List<Node> nodes;
  private final ChildProcess epmd;

  /** A node; each start creates a new process. */
  private static final class Node {
    private final String name;
    private final int port = Ports.free();
    private final int distributionPort = Ports.free();
    private @Nullable ChildProcess process;

    Node(int number) {
      this.name = "sluice-%d@localhost".formatted(number);
    }

    ChildProcess process() {
      return Objects.requireNonNull(process, "the node has not been started");
    }
  }

  private BrokerCluster(RabbitInstallation installation, Path folder, int size) {
    this.installation = installation;
    this.folder = folder;
    this.epmd =
        ChildProcess.start(
            folder.resolve("epmd.log"),
            installation.environment(),
            installation.command(
                installation.epmd(), "-address", "127.0.0.1", "-port", Integer.toString(epmdPort)));
    this.nodes = IntStream.rangeClosed(1, size).mapToObj(Node::new).toList();
  }

  /**
   * Starts a cluster and waits until all nodes have joined.
   *
   * @param settings additional lines of {@code rabbitmq.conf}
   */
  public static BrokerCluster start(
      RabbitInstallation installation, Path folder, int size, String... settings) {
    BrokerCluster cluster = new BrokerCluster(installation, folder, size);
    try {
      await().until(() -> Ports.answers(cluster.epmdPort) || !cluster.epmd.isAlive());
      cluster.configure(List.of(settings));
      // Start all nodes at once: RabbitMQ 4's first node waits for the others.
      IntStream.rangeClosed(1, size).forEach(cluster::launch);
      IntStream.rangeClosed(1, size).forEach(cluster::awaitOpen);
      await().atMost(START_TIMEOUT).until(() -> cluster.running().size() == size);
      return cluster;
    } catch (RuntimeException failed) {
      cluster.close();
      throw failed;
    }
  }

  public int size() {
    return nodes.size();
  }

  /** URLs of all nodes, in the format of {@code spring.rabbitmq.addresses}. */
  public String urls() {
    return IntStream.rangeClosed(1, size()).mapToObj(this::url).collect(Collectors.joining(","));
  }

  /** URL of a node. */
  public String url(int node) {
    return "amqp://sluice:%s@127.0.0.1:%d".formatted(password, node(node).port);
  }

  /** {@code kill -9}. */
  public void kill(int node) {
    node(node).process().kill();
  }

  /** SIGSTOP: the node does not respond and closes no connection. */
  public void freeze(int node) {
    node(node).process().signal("STOP");
  }

  /** SIGCONT. */
  public void thaw(int node) {
    node(node).process().signal("CONT");
  }

  /** Sends SIGTERM and waits until the node has ended. */
  public void stop(int node) {
    node(node).process().close();
  }

  /** Starts a node and waits until it accepts connections. */
  public void start(int number) {
    launch(number);
    awaitOpen(number);
  }

  private void launch(int number) {
    node(number).process =
        ChildProcess.start(
            home(number).resolve("out.log"),
            environment(number),
            installation.command(installation.script("rabbitmq-server")));
  }

  private void awaitOpen(int number) {
    Node node = node(number);
    await()
        .atMost(START_TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> Ports.answers(node.port) || !node.process().isAlive());
    if (!node.process().isAlive()) {
      throw new IllegalStateException(node.name + " ended: " + node.process().output());
    }
  }

  /** The running nodes that the lowest of them sees. */
  public List<String> running() {
    JsonNode status = JSON.readTree(control("rabbitmqctl", "cluster_status", "--formatter=json"));
    List<String> running = new ArrayList<>();
    status.path("running_nodes").forEach(node -> running.add(node.asString()));
    return running;
  }

  /** The node that leads a queue. */
  public int leaderOf(String queue) {
    for (JsonNode row : queues()) {
      if (row.path("name").asString().equals(queue)) {
        return number(row.path("leader").asString());
      }
    }
    throw new IllegalStateException("no such queue: " + queue);
  }

  /** Number of members of each quorum queue, by queue name. */
  public List<Integer> membersOfQueues() {
    List<Integer> members = new ArrayList<>();
    queues().stream()
        .filter(row -> row.path("type").asString().contains("quorum"))
        .forEach(row -> members.add(row.path("members").size()));
    return members;
  }

  private List<JsonNode> queues() {
    String listed =
        control(
            "rabbitmqctl",
            "--silent",
            "list_queues",
            "name",
            "type",
            "leader",
            "members",
            "--formatter=json");
    List<JsonNode> rows = new ArrayList<>();
    JSON.readTree(listed).forEach(rows::add);
    return rows;
  }

  /** Distributes the queue leaders evenly over the nodes. */
  public void rebalance() {
    control("rabbitmq-queues", "rebalance", "quorum");
  }

  /** Puts a node into maintenance mode, as before an upgrade. */
  public void drain(int node) {
    on(node, "rabbitmq-upgrade", "drain");
  }

  /** RabbitMQ version of the nodes. */
  public String version() {
    return control("rabbitmqctl", "version").strip();
  }

  /** Changes the password of the only user. */
  public void changePassword(String other) {
    control("rabbitmqctl", "change_password", "sluice", other);
  }

  /** Closes all connections, as a restart would. */
  public void closeConnections() {
    control("rabbitmqctl", "close_all_connections", "password changed");
  }

  private String control(String script, String... arguments) {
    int alive =
        IntStream.rangeClosed(1, size())
            .filter(number -> Ports.answers(node(number).port))
            .findFirst()
            .orElse(1);
    return on(alive, script, arguments);
  }

  private String on(int number, String script, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(installation.script(script), "-n", node(number).name));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("control-%d.out".formatted(System.nanoTime()));
    ChildProcess control =
        ChildProcess.start(
            out, environment(number), installation.command(command.toArray(String[]::new)));
    if (!control.succeeds(START_TIMEOUT)) {
      throw new IllegalStateException(String.join(" ", command) + ": " + control.output());
    }
    return control.output();
  }

  private void configure(List<String> settings) {
    for (int number = 1; number <= size(); number++) {
      Path home = home(number);
      write(home.resolve("plugins"), "[].\n");
      write(home.resolve("env.conf"), "");
      copy(Checkout.root().resolve("launcher/rabbitmq/advanced.config"), home);
      write(home.resolve("rabbitmq.conf"), String.join("\n", settings(settings)) + "\n");
      Path cookie = home.resolve(".erlang.cookie");
      write(cookie, "SLUICE" + password);
      ownerOnly(cookie);
    }
  }

  private List<String> settings(List<String> others) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "default_user = sluice",
                "default_pass = " + password,
                "log.console = false",
                "log.file.level = info",
                "cluster_name = sluice"));
    if (size() > 1) {
      all.add("cluster_partition_handling = pause_minority");
      all.add("cluster_formation.peer_discovery_backend = classic_config");
      nodes.forEach(
          node ->
              all.add(
                  "cluster_formation.classic_config.nodes.%d = %s"
                      .formatted(number(node.name), node.name)));
    }
    all.addAll(others);
    return all;
  }

  private Map<String, String> environment(int number) {
    Node node = node(number);
    Path home = home(number);
    String loopback = "-kernel inet_dist_use_interface {127,0,0,1}";
    Map<String, String> all = new HashMap<>(installation.environment());
    all.put("HOME", inside(home));
    all.put("RABBITMQ_NODENAME", node.name);
    all.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_NODE_PORT", Integer.toString(node.port));
    all.put("RABBITMQ_DIST_PORT", Integer.toString(node.distributionPort));
    all.put("ERL_ZFLAGS", loopback);
    all.put("ERL_EPMD_PORT", Integer.toString(epmdPort));
    all.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    all.put("RABBITMQ_MNESIA_BASE", inside(home.resolve("data")));
    all.put("RABBITMQ_LOG_BASE", inside(home.resolve("log")));
    all.put("RABBITMQ_ENABLED_PLUGINS_FILE", inside(home.resolve("plugins")));
    all.put("RABBITMQ_CONFIG_FILE", inside(home.resolve("rabbitmq.conf")));
    all.put("RABBITMQ_ADVANCED_CONFIG_FILE", inside(home.resolve("advanced.config")));
    all.put("RABBITMQ_CONF_ENV_FILE", inside(home.resolve("env.conf")));
    all.put("RABBITMQ_PID_FILE", inside(home.resolve("pid")));
    all.put(
        "RUNNING_UNDER_SYSTEMD",
        "true"); // exec: the node replaces the script and receives its signals
    return all;
  }

  private String inside(Path path) {
    return installation.inside(path);
  }

  private Node node(int number) {
    return nodes.get(number - 1);
  }

  private static int number(String name) {
    return Integer.parseInt(name.replaceAll("\\D", ""));
  }

  private Path home(int number) {
    return folder.resolve("node-" + number);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void copy(Path file, Path folder) {
    try {
      Files.copy(file, folder.resolve(file.getFileName()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void ownerOnly(Path file) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Stops all nodes at once, because a single node would wait for the others. */
  @Override
  public void close() {
    ChildProcess.closeAll(
        nodes.stream().map(node -> node.process).filter(Objects::nonNull).toList());
    epmd.close();
  }
}
