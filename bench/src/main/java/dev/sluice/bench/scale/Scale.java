package dev.sluice.bench.scale;

import dev.sluice.bench.harness.Machine;
import dev.sluice.bench.report.GeneratedSection;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Command {@code bench/scale}. */
@Command(
    name = "bench/scale",
    description =
        "Scales real workers as KEDA and the HorizontalPodAutoscaler do, by queue depth and by what the limiter admits.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Scale implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Number of tasks in the backlog. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      defaultValue = "1500",
      description = "Requests per minute that the provider allows. Default: ${DEFAULT-VALUE}.")
  private int rpm;

  @Option(
      names = "--max-workers",
      paramLabel = "N",
      defaultValue = "6",
      description = "Maximum number of workers, 2 to 16. Default: ${DEFAULT-VALUE}.")
  private int maxWorkers;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "10",
      description = "Maximum concurrent calls per worker. Default: ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--polling",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Polling interval of the metric. Default: ${DEFAULT-VALUE}.")
  private int polling;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Stabilization window for scaling down. Default: ${DEFAULT-VALUE}.")
  private int window;

  @Option(
      names = "--cooldown",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Cooldown period before the last worker is removed. Default: ${DEFAULT-VALUE}.")
  private int cooldown;

  @Option(
      names = "--publish",
      description = "Write the table to docs/scaling.md, and docs/scaling.svg.")
  private boolean publish;

  @Option(names = "--keep", description = "Do not delete the logs.")
  private boolean keep;

  private Scale() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Scale()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (tasks < 100 || rpm < 60 || maxWorkers < 2 || maxWorkers > 16 || polling < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) must be at least 100, --rpm (%d) at least 60, --max-workers (%d) 2 to 16, --polling (%d) at least 1"
              .formatted(tasks, rpm, maxWorkers, polling));
    }
    List<ScaleResult> all = runAll();
    String table = caption() + "\n" + ScaleTable.markdown(all);
    System.out.print(table);
    if (publish) {
      Path docs = Checkout.root().resolve("docs");
      Files.writeString(docs.resolve("scaling.svg"), ScaleChart.svg(all));
      new GeneratedSection(docs.resolve("scaling.md"), "scale")
          .write("![Workers over time](scaling.svg)\n\n" + table);
    }
    return all.stream().allMatch(this::isValid) ? 0 : 1;
  }

  /** Checks what must hold for every scaling signal. */
  private boolean isValid(ScaleResult one) {
    return one.answered() == tasks
        && one.calls() - one.rejected() == tasks + 1
        && one.repeated() == 0
        && one.rejected() == 0
        && one.aborted() == 0;
  }

  private List<ScaleResult> runAll() throws IOException {
    ScaleTrial.Setting setting =
        new ScaleTrial.Setting(
            tasks,
            rpm,
            maxWorkers,
            concurrency,
            Duration.ofSeconds(polling),
            Duration.ofSeconds(cooldown),
            Duration.ofSeconds(window));
    System.err.println(Machine.now().description());
    Path folder = Files.createTempDirectory("sluice-scale-");
    try (CloseableStack open = new CloseableStack().closeAtExit()) {
      open.add(() -> deleteOrKeep(folder));
      List<ScaleResult> all = new ArrayList<>();
      for (ScalingSignal scalingSignal : ScalingSignal.values()) {
        System.err.println("Scaled by " + scalingSignal.title() + "…");
        Path own = Files.createDirectories(folder.resolve(scalingSignal.name()));
        all.add(new ScaleTrial(scalingSignal, setting, own).run(open));
      }
      return all;
    }
  }

  private void deleteOrKeep(Path folder) throws IOException {
    if (keep) {
      System.err.println("The logs are in " + folder);
    } else {
      Folders.delete(folder);
    }
  }

  private String caption() {
    return """
        Written by `%s --publish` on %s; %s. %,d tasks, %,d requests per minute, mean call duration 1.05 s, %d concurrent calls per worker, at most %d workers.
        """
        .formatted(
            spec.name(),
            LocalDate.now(ZoneOffset.UTC),
            Machine.now().hardware(),
            tasks,
            rpm,
            concurrency,
            maxWorkers);
  }
}
