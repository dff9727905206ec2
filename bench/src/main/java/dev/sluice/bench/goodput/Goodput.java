package dev.sluice.bench.goodput;

import dev.sluice.bench.contender.Contender;
import dev.sluice.bench.harness.Machine;
import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.bench.report.BenchmarkResult;
import dev.sluice.bench.report.BenchmarkResults;
import dev.sluice.bench.report.GeneratedSection;
import dev.sluice.bench.report.ResultTable;
import dev.sluice.bench.report.RunChart;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command {@code bench/goodput}. */
@Command(
    name = "bench/goodput",
    description = {
      "Measures how much of a provider's limit Sluice and the baselines use, and how many calls are rejected.",
      "The results of a case replace its earlier ones. Table and chart show all stored results."
    },
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Goodput implements Callable<Integer> {
  private static final Path RESULTS_FOLDER = Path.of(".sluice", "bench", "goodput");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "CASE", description = "Cases to run. Default: all.")
  private List<String> names = List.of();

  @Option(
      names = "--baselines",
      paramLabel = "all|none",
      defaultValue = "all",
      description = "Run the baselines too, or Sluice alone. Default: ${DEFAULT-VALUE}.")
  private String baselines = "";

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "600",
      description = "Number of tasks. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      defaultValue = "1200",
      description = "Requests per minute that the provider allows. Default: ${DEFAULT-VALUE}.")
  private int rpm;

  @Option(
      names = "--without-redis",
      description =
          "Sluice's workers divide the limits among themselves instead of sharing them in Redis.")
  private boolean withoutRedis;

  @Option(
      names = "--report",
      description = "Run nothing; write table and chart of the stored results.")
  private boolean reportOnly;

  @Option(names = "--publish", description = "Also write table and chart to docs/performance.md.")
  private boolean publish;

  @Option(names = "--keep", description = "Do not delete the logs.")
  private boolean keep;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // locale-independent number format
    System.exit(new CommandLine(new Goodput()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<GoodputCase> cases = cases();
    List<Contender> contenders = contenders();
    Path folder = Checkout.root().resolve(RESULTS_FOLDER).resolve(tasks + "-tasks-" + rpm + "-rpm");
    BenchmarkResults results = BenchmarkResults.in(folder);
    boolean allSucceeded = reportOnly || runAll(cases, contenders, results);
    report(folder, results);
    return allSucceeded ? 0 : 1;
  }

  private List<GoodputCase> cases() {
    if (tasks < 20 || rpm < 60) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) must be at least 20, --rpm (%d) at least 60".formatted(tasks, rpm));
    }
    return names.isEmpty() ? GoodputCase.ALL : names.stream().map(this::named).toList();
  }

  private GoodputCase named(String id) {
    return GoodputCase.named(id)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "unknown case %s; the cases are %s"
                        .formatted(id, String.join(", ", caseIds()))));
  }

  private static List<String> caseIds() {
    return GoodputCase.ALL.stream().map(GoodputCase::id).toList();
  }

  private List<Contender> contenders() {
    List<Contender> all = Contender.all(!withoutRedis);
    return switch (baselines) {
      case "all" -> all;
      case "none" -> List.of(all.getFirst());
      default ->
          throw new ParameterException(
              spec.commandLine(), "--baselines (%s) must be all or none".formatted(baselines));
    };
  }

  private boolean runAll(
      List<GoodputCase> cases, List<Contender> contenders, BenchmarkResults results)
      throws IOException {
    Optional<String> redis = RedisServer.installed();
    if (redis.isEmpty() && contenders.stream().anyMatch(Contender::usesRedis)) {
      throw new ParameterException(
          spec.commandLine(),
          "neither redis-server nor valkey-server is installed: install one (package redis-server or"
              + " valkey-server), or use --baselines none --without-redis");
    }
    List<BenchmarkTask> prompts = BenchmarkTasks.make(tasks);
    System.err.printf(
        "%d tasks, %.0f tokens each on average; %s%n",
        tasks, BenchmarkTasks.meanCharge(prompts), Machine.now().description());
    Path folder = Files.createTempDirectory("sluice-goodput-");
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      open.add(() -> deleteOrKeep(folder));
      boolean allSucceeded = true;
      for (GoodputCase one : cases) {
        for (Contender contender : contenders) {
          if (applies(one, contender) && !open.isClosed()) {
            Path own = Files.createDirectories(folder.resolve(one.id()).resolve(contender.name()));
            Trial trial = new Trial(contender, one.setting(), prompts, rpm, redis.orElse(""), own);
            allSucceeded &= run(trial, one, contender, results, open);
          }
        }
      }
      return allSucceeded;
    }
  }

  private void deleteOrKeep(Path folder) throws IOException {
    if (keep) {
      System.err.println("The logs are in " + folder);
    } else {
      Folders.delete(folder);
    }
  }

  /** A failed run does not stop the others. An interrupt stops all. */
  private boolean run(
      Trial trial,
      GoodputCase one,
      Contender contender,
      BenchmarkResults results,
      CloseableStack open) {
    try {
      BenchmarkResult measured = measured(one, contender, trial.run(open));
      results.save(measured);
      System.out.println(ResultTable.line(measured));
      return true;
    } catch (RuntimeException failed) {
      if (!open.isClosed()) {
        System.err.printf("%s, %s: %s%n", one.id(), contender.name(), failed);
      }
      return false;
    }
  }

  /** A contender without Redis skips the case that kills Redis. */
  private static boolean applies(GoodputCase one, Contender contender) {
    return contender.usesRedis()
        || !(one.setting().disturbance() instanceof Disturbance.KilledRedis);
  }

  private BenchmarkResult measured(
      GoodputCase one, Contender contender, Trial.TrialResult trialResult) {
    Contender.RunResult runResult = trialResult.runResult();
    return new BenchmarkResult(
        one.id(),
        one.title(),
        contender.name(),
        Instant.now(),
        tasks,
        runResult.answered(),
        runResult.failed(),
        runResult.elapsed(),
        trialResult.analysis());
  }

  private void report(Path folder, BenchmarkResults results) throws IOException {
    List<String> contenders = Contender.all(true).stream().map(Contender::name).toList();
    List<BenchmarkResult> all = results.of(caseIds(), contenders);
    if (all.isEmpty()) {
      return;
    }
    String picture = RunChart.svg(all);
    String table = caption(all) + "\n" + ResultTable.markdown(all);
    Files.writeString(folder.resolve("goodput.svg"), picture);
    Files.writeString(folder.resolve("goodput.md"), table);
    System.err.println("Table and chart: " + folder);
    if (publish) {
      Path docs = Checkout.root().resolve("docs");
      Files.writeString(docs.resolve("goodput.svg"), picture);
      new GeneratedSection(docs.resolve("performance.md"), "goodput")
          .write("![The runs over time](goodput.svg)\n\n" + table);
    }
  }

  private String caption(List<BenchmarkResult> all) {
    String days =
        all.stream()
            .map(one -> one.at().toString().substring(0, 10))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return """
        Written by `%s` on %s; %s.
        """
        .formatted(command(), days, Machine.now().hardware());
  }

  private String command() {
    List<String> arguments = new ArrayList<>(List.of(spec.name()));
    if (tasks != 600) {
      arguments.add("--tasks " + tasks);
    }
    if (rpm != 1200) {
      arguments.add("--rpm " + rpm);
    }
    return String.join(" ", arguments);
  }
}
