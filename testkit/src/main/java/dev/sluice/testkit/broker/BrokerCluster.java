package dev.sluice.testkit.broker;

import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.process.ChildProcess;
import dev.sluice.testkit.process.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
  private final List<BrokerNode> nodes;
  private final ChildProcess epmd;

  private BrokerCluster(RabbitInstallation installation, Path folder, int size) {
    this.installation = installation;
    this.folder = folder;
    this.epmd =
        ChildProcess.start(
            folder.resolve("epmd.log"),
            installation.environment(),
            installation.command(
                installation.epmd(), "-address", "127.0.0.1", "-port", Integer.toString(epmdPort)));
    this.nodes =
        IntStream.rangeClosed(1, size)
            .mapToObj(number -> new BrokerNode(installation, folder, number, epmdPort))
            .toList();
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
      await()
          .atMost(START_TIMEOUT)
          .until(() -> Ports.answers(cluster.epmdPort) || !cluster.epmd.isAlive());
      cluster.nodes.forEach(
          node -> node.configure(cluster.password, cluster.settings(List.of(settings))));
      // Start all nodes together: RabbitMQ 4's first node waits for the others.
      IntStream.rangeClosed(1, size).forEach(number -> cluster.node(number).launch());
      IntStream.rangeClosed(1, size).forEach(number -> cluster.node(number).awaitOpen());
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
    return "amqp://sluice:%s@127.0.0.1:%d".formatted(password, node(node).port());
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
    node(number).launch();
    node(number).awaitOpen();
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
            .filter(number -> Ports.answers(node(number).port()))
            .findFirst()
            .orElse(1);
    return on(alive, script, arguments);
  }

  private String on(int number, String script, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(installation.script(script), "-n", node(number).name()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("control-%d.out".formatted(System.nanoTime()));
    ChildProcess control =
        ChildProcess.start(
            out, node(number).environment(), installation.command(command.toArray(String[]::new)));
    if (!control.succeeds(START_TIMEOUT)) {
      throw new IllegalStateException(String.join(" ", command) + ": " + control.output());
    }
    return control.output();
  }

  /** Lines of {@code rabbitmq.conf} of every node. */
  private List<String> settings(List<String> others) {
    List<String> all = new ArrayList<>();
    if (size() > 1) {
      all.add("cluster_partition_handling = pause_minority");
      all.add("cluster_formation.peer_discovery_backend = classic_config");
      nodes.forEach(
          node ->
              all.add(
                  "cluster_formation.classic_config.nodes.%d = %s"
                      .formatted(number(node.name()), node.name())));
    }
    all.addAll(others);
    return all;
  }

  private BrokerNode node(int number) {
    return nodes.get(number - 1);
  }

  private static int number(String name) {
    return Integer.parseInt(name.replaceAll("\\D", ""));
  }

  /** Stops all nodes together, because a single node would wait for the others. */
  @Override
  public void close() {
    ChildProcess.closeAll(nodes.stream().flatMap(node -> node.started().stream()).toList());
    epmd.close();
  }
}
