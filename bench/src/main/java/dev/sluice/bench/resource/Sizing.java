package dev.sluice.bench.resource;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.ProcessStats;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/sizing}. */
@Command(
    description = {
      "Runs one batch against a provider that replies immediately, and prints the used resources:",
      "tasks per second, CPU time, memory and connections of each process, bytes in PostgreSQL."
    })
public final class Sizing extends Scenario {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);

  @Option(names = "--tasks", description = "Number of tasks.")
  private int tasks = 20_000;

  @Option(names = "--bytes", description = "Length of each prompt in bytes.")
  private int bytes = 1000;

  @Option(names = "--workers", description = "Number of workers.")
  private int workers = 2;

  @Option(names = "--concurrency", description = "Maximum concurrent calls per worker.")
  private int concurrency = 16;

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException, SQLException {
    RunningSluice sluice =
        open.add(
            RunningSluice.start(
                folder.resolve("home"),
                "--workers",
                Integer.toString(workers),
                "--concurrency",
                Integer.toString(concurrency),
                "--latency",
                "fixed:0ms"));
    BatchClient batches = new BatchClient(sluice);
    long before = databaseBytes(sluice);
    Map<String, Duration> idle = cpuTimes(sluice);
    Path file = BatchClient.write(folder.resolve("batch.jsonl"), "line-", tasks, 60, this::prompt);
    long began = System.nanoTime();
    String batch = batches.submit(file);
    Duration accepted = Duration.ofNanos(System.nanoTime() - began);
    await().atMost(TIMEOUT).until(() -> sluice.calls().size() >= tasks / 2);
    Map<String, ProcessResources> busy = resources(sluice);
    sluice.cli("watch", batch).orThrow();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
    long results = sluice.cli("results", batch).orThrow().length();
    Map<String, Duration> cpu = cpuTimes(sluice);
    System.out.printf(
        """
        %,d tasks of %,d bytes, %d workers with %d concurrent calls each

        accepted in %.1f s; finished after %.1f s: %.0f tasks/s
        a result has %,d bytes

        | process | CPU, ms per task | resident, MB | connections to the broker | to PostgreSQL | to the provider |
        |---|---|---|---|---|---|
        """,
        tasks,
        Files.size(file) / tasks,
        workers,
        concurrency,
        seconds(accepted),
        seconds(elapsed),
        tasks / seconds(elapsed),
        results / tasks);
    busy.forEach(
        (name, one) ->
            System.out.printf(
                "| %s | %.2f | %d | %d | %d | %d |%n",
                name,
                (seconds(cpu.getOrDefault(name, Duration.ZERO))
                        - seconds(idle.getOrDefault(name, Duration.ZERO)))
                    * 1000
                    / tasks,
                one.residentMegabytes(),
                one.toBroker(),
                one.toDatabase(),
                one.toProvider()));
    print(sluice, before);
    return true;
  }

  private static void print(RunningSluice sluice, long before) throws SQLException, IOException {
    System.out.printf(
        "%nPostgreSQL grew by %,d bytes%n%n| table, with its indexes | rows | bytes | bytes per row |%n|---|---|---|---|%n",
        databaseBytes(sluice) - before);
    try (Connection connection = database(sluice);
        Statement statement = connection.createStatement()) {
      statement.execute("analyze");
      ResultSet table =
          statement.executeQuery(
              """
              select relname, reltuples::bigint, pg_total_relation_size(oid) from pg_class
              where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= 100
              order by 3 desc""");
      while (table.next()) {
        System.out.printf(
            "| `%s` | %,d | %,d | %,d |%n",
            table.getString(1),
            table.getLong(2),
            table.getLong(3),
            table.getLong(3) / table.getLong(2));
      }
    }
  }

  private static Map<String, ProcessResources> resources(RunningSluice sluice) throws IOException {
    Map<String, ProcessResources> all = new TreeMap<>();
    int broker = port(sluice.home().resolve("broker/port"));
    int provider = port(sluice.home().resolve("run/simulator.port"));
    for (Map.Entry<String, Long> process : sluice.processes().entrySet()) {
      all.put(
          process.getKey(),
          ProcessResources.of(process.getValue(), broker, databasePort(sluice), provider));
    }
    all.keySet().removeAll(Set.of("epmd", "launcher"));
    return all;
  }

  private static Map<String, Duration> cpuTimes(RunningSluice sluice) {
    Map<String, Duration> all = new TreeMap<>();
    sluice.processes().forEach((name, pid) -> all.put(name, ProcessStats.cpuTime(pid)));
    return all;
  }

  private static long databaseBytes(RunningSluice sluice) throws SQLException, IOException {
    try (Connection connection = database(sluice);
        Statement statement = connection.createStatement()) {
      statement.execute("checkpoint");
      ResultSet size = statement.executeQuery("select pg_database_size(current_database())");
      size.next();
      return size.getLong(1);
    }
  }

  private static Connection database(RunningSluice sluice) throws SQLException, IOException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(databasePort(sluice)),
        "postgres",
        Files.readString(sluice.home().resolve("postgres/password")).strip());
  }

  /** The fourth line of {@code postmaster.pid} is the port. */
  private static int databasePort(RunningSluice sluice) throws IOException {
    return Integer.parseInt(
        Files.readAllLines(sluice.home().resolve("postgres/data/postmaster.pid")).get(3).strip());
  }

  private static int port(Path file) throws IOException {
    return Integer.parseInt(Files.readString(file).strip());
  }

  private String prompt(int line) {
    StringBuilder prompt = new StringBuilder("Summarise document %d.".formatted(line));
    for (int word = 0; prompt.length() < bytes; word++) {
      prompt.append(" word-").append(Integer.toString((line * 7919 * (word + 1)) & 0xfffff, 36));
    }
    return prompt.toString();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
