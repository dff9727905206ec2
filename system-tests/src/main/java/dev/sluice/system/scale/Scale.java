package dev.sluice.system.scale;

import dev.sluice.system.report.GeneratedSection;
import dev.sluice.system.run.Checkout;
import dev.sluice.system.run.CloseableStack;
import dev.sluice.system.run.Folders;
import dev.sluice.system.run.Machine;
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

/** Command {@code system-tests/bench/scale}. */
@Command(
    name = "system-tests/bench/scale",
    description =
        "Scales real workers as KEDA and the HorizontalPodAutoscaler would, by the depth of the queue and by what the limiter admits.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    mixinStandardHelpOptions = true)
public final class Scale implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "5000",
      description = "The backlog. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      defaultValue = "1500",
      description = "Requests per minute that the provider allows. Default: ${DEFAULT-VALUE}.")
  private int rpm;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "6",
      description = "Workers, 2 to 16. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "10",
      description = "Calls that one worker runs at once. Default: ${DEFAULT-VALUE}.")
  private int concurrency;

  @Option(
      names = "--polling",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "How often the metric is looked at. Default: ${DEFAULT-VALUE}.")
  private int polling;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "The stabilization window of scaling down. Default: ${DEFAULT-VALUE}.")
  private int window;

  @Option(
      names = "--cooldown",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Before the last worker goes. Default: ${DEFAULT-VALUE}.")
  private int cooldown;

  @Option(names = "--publish", description = "Write docs/scaling.md's table and docs/scaling.svg.")
  private boolean publish;

  @Option(names = "--keep", description = "Keep the logs.")
  private boolean keep;

  private Scale() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Scale()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (tasks < 100 || rpm < 60 || most < 2 || most > 16 || polling < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--tasks (%d) is at least 100, --rpm (%d) at least 60, --most (%d) 2 to 16, --polling (%d) at least 1"
              .formatted(tasks, rpm, most, polling));
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
    return all.stream().allMatch(this::kept) ? 0 : 1;
  }

  /** Checks what must hold for every scaling signal. */
  private boolean kept(ScaleResult one) {
    return one.answered() == tasks
        && one.calls() - one.refused() == tasks + 1
        && one.repeated() == 0
        && one.refused() == 0
        && one.cutOff() == 0;
  }

  private List<ScaleResult> runAll() throws IOException {
    ScaleTrial.Setting setting =
        new ScaleTrial.Setting(
            tasks,
            rpm,
            most,
            concurrency,
            Duration.ofSeconds(polling),
            Duration.ofSeconds(cooldown),
            Duration.ofSeconds(window));
    System.err.println(Machine.now().described());
    Path folder = Files.createTempDirectory("sluice-scale-");
    try (CloseableStack open = new CloseableStack().closedAtExit()) {
      open.add(() -> leave(folder));
      List<ScaleResult> all = new ArrayList<>();
      for (ScalingSignal scalingSignal : ScalingSignal.values()) {
        System.err.println("Scaled by " + scalingSignal.title() + "…");
        Path own = Files.createDirectories(folder.resolve(scalingSignal.name()));
        all.add(new ScaleTrial(scalingSignal, setting, own).run(open));
      }
      return all;
    }
  }

  private void leave(Path folder) throws IOException {
    if (keep) {
      System.err.println("The logs are in " + folder);
    } else {
      Folders.delete(folder);
    }
  }

  private String caption() {
    return """
        Written by `%s --publish` on %s; %s. %,d tasks, %,d requests a minute, calls of 1.05 s on average, %d at once in a worker, at most %d workers.
        """
        .formatted(
            spec.name(),
            LocalDate.now(ZoneOffset.UTC),
            Machine.now().hardware(),
            tasks,
            rpm,
            concurrency,
            most);
  }
}
