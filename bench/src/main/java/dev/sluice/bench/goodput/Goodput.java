package dev.sluice.bench.goodput;

import dev.sluice.bench.harness.Report;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.bench.system.SystemUnderTest;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code bench/goodput}. */
@Command(
    description = {
      "Measures how much of a provider's limit Sluice and the baselines use, and how many calls are rejected.",
      "The results of a case replace its earlier ones. Table and chart show all stored results."
    })
public final class Goodput extends Scenario {
  private static final Path RESULTS_FOLDER = Path.of(".sluice", "bench", "goodput");

  @Parameters(
      paramLabel = "CASE",
      showDefaultValue = Visibility.NEVER,
      description = "Cases to run. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--baselines",
      paramLabel = "all|none",
      description = "Run the baselines too, or Sluice alone.")
  private String baselines = "all";

  @Option(names = "--tasks", description = "Number of tasks.")
  private int tasks = 600;

  @Option(names = "--rpm", description = "Requests per minute that the provider allows.")
  private int rpm = 1200;

  @Option(
      names = "--without-redis",
      description =
          "Sluice's workers divide the limits among themselves instead of sharing them in Redis.")
  private boolean withoutRedis;

  @Option(
      names = "--report",
      description = "Run nothing; write table and chart of the stored results.")
  private boolean reportOnly;

  @Mixin private Report report = new Report();

  @Override
  protected void checkOptions() {
    require(
        tasks >= 20 && rpm >= 60,
        "--tasks (%d) must be at least 20, --rpm (%d) at least 60".formatted(tasks, rpm));
    require(
        baselines.equals("all") || baselines.equals("none"),
        "--baselines (%s) must be all or none".formatted(baselines));
    names.forEach(
        id ->
            require(
                GoodputCase.named(id).isPresent(),
                "unknown case %s; the cases are %s".formatted(id, String.join(", ", caseIds()))));
    require(
        reportOnly
            || systems().stream().noneMatch(SystemUnderTest::usesRedis)
            || RedisServer.installed().isPresent(),
        "neither redis-server nor valkey-server is installed: install one (package redis-server or"
            + " valkey-server), or use --baselines none --without-redis");
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException {
    Path stored = Checkout.root().resolve(RESULTS_FOLDER).resolve(tasks + "-tasks-" + rpm + "-rpm");
    BenchmarkResults results = BenchmarkResults.in(stored);
    boolean allSucceeded = reportOnly || runAll(results, folder, open);
    report(stored, results);
    return allSucceeded;
  }

  private List<GoodputCase> cases() {
    return names.isEmpty()
        ? GoodputCase.ALL
        : names.stream().flatMap(id -> GoodputCase.named(id).stream()).toList();
  }

  private static List<String> caseIds() {
    return GoodputCase.ALL.stream().map(GoodputCase::id).toList();
  }

  private List<SystemUnderTest> systems() {
    List<SystemUnderTest> all = SystemUnderTest.all(!withoutRedis);
    return baselines.equals("all") ? all : List.of(all.getFirst());
  }

  private boolean runAll(BenchmarkResults results, Path folder, CloseableStack open)
      throws IOException {
    String redis = RedisServer.installed().orElse("");
    List<BenchmarkTask> prompts = BenchmarkTasks.make(tasks);
    System.err.printf(
        "%d tasks, %.0f tokens each on average%n", tasks, BenchmarkTasks.meanCharge(prompts));
    boolean allSucceeded = true;
    for (GoodputCase one : cases()) {
      for (SystemUnderTest system : systems()) {
        if (applies(one, system) && !open.isClosed()) {
          Path own = Files.createDirectories(folder.resolve(one.id()).resolve(system.name()));
          Trial trial = new Trial(system, one.setting(), prompts, rpm, redis, own);
          allSucceeded &= run(trial, one, system, results, open);
        }
      }
    }
    return allSucceeded;
  }

  /** A failed run does not stop the others. An interrupt stops all. */
  private boolean run(
      Trial trial,
      GoodputCase one,
      SystemUnderTest system,
      BenchmarkResults results,
      CloseableStack open) {
    try {
      BenchmarkResult measured = measured(one, system, trial.run(open));
      results.save(measured);
      System.out.println(ResultTable.line(measured));
      return true;
    } catch (RuntimeException failed) {
      if (!open.isClosed()) {
        System.err.printf("%s, %s: %s%n", one.id(), system.name(), failed);
      }
      return false;
    }
  }

  /** A system without Redis skips the case that kills Redis. */
  private static boolean applies(GoodputCase one, SystemUnderTest system) {
    return system.usesRedis() || !(one.setting().disturbance() instanceof Disturbance.KilledRedis);
  }

  private BenchmarkResult measured(
      GoodputCase one, SystemUnderTest system, Trial.TrialResult trialResult) {
    SystemUnderTest.RunResult runResult = trialResult.runResult();
    return new BenchmarkResult(
        one.id(),
        one.title(),
        system.name(),
        Instant.now(),
        tasks,
        runResult.answered(),
        runResult.failed(),
        runResult.elapsed(),
        trialResult.analysis());
  }

  private void report(Path folder, BenchmarkResults results) throws IOException {
    List<String> systems = SystemUnderTest.all(true).stream().map(SystemUnderTest::name).toList();
    List<BenchmarkResult> all = results.of(caseIds(), systems);
    if (all.isEmpty()) {
      return;
    }
    String picture = RunChart.svg(all);
    String table = caption(all) + "\n" + ResultTable.markdown(all);
    Files.writeString(folder.resolve("goodput.svg"), picture);
    Files.writeString(folder.resolve("goodput.md"), table);
    System.err.println("Table and chart: " + folder);
    report.publish("performance.md", "goodput", table, "goodput.svg", picture);
  }

  private String caption(List<BenchmarkResult> all) {
    String days =
        all.stream()
            .map(one -> one.at().toString().substring(0, 10))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return Report.caption(command(), days) + "\n";
  }

  private String command() {
    List<String> arguments = new ArrayList<>(List.of(commandName()));
    if (tasks != 600) {
      arguments.add("--tasks " + tasks);
    }
    if (rpm != 1200) {
      arguments.add("--rpm " + rpm);
    }
    return String.join(" ", arguments);
  }
}
