package dev.sluice.bench.scale;

import dev.sluice.bench.harness.Report;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.process.CloseableStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code bench/scale}. */
@Command(
    description =
        "Scales real workers as KEDA and the HorizontalPodAutoscaler do, by queue depth and by what the limiter admits.")
public final class Scale extends Scenario {
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

  @Mixin private Report report = new Report();

  @Override
  protected void checkOptions() {
    require(
        tasks >= 100 && rpm >= 60 && maxWorkers >= 2 && maxWorkers <= 16 && polling >= 1,
        "--tasks (%d) must be at least 100, --rpm (%d) at least 60, --max-workers (%d) 2 to 16, --polling (%d) at least 1"
            .formatted(tasks, rpm, maxWorkers, polling));
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException {
    ScaleTrial.Setting setting =
        new ScaleTrial.Setting(
            tasks,
            rpm,
            maxWorkers,
            concurrency,
            Duration.ofSeconds(polling),
            Duration.ofSeconds(cooldown),
            Duration.ofSeconds(window));
    List<ScaleResult> all = new ArrayList<>();
    for (ScalingSignal scalingSignal : ScalingSignal.values()) {
      System.err.println("Scaled by " + scalingSignal.title() + "…");
      Path own = Files.createDirectories(folder.resolve(scalingSignal.name()));
      all.add(new ScaleTrial(scalingSignal, setting, own).run(open));
    }
    String table = caption() + "\n" + ScaleTable.markdown(all);
    System.out.print(table);
    report.publish("scaling.md", "scale", table, "scaling.svg", ScaleChart.svg(all));
    return all.stream().allMatch(this::isValid);
  }

  /** Checks what must hold for every scaling signal. */
  private boolean isValid(ScaleResult one) {
    return one.answered() == tasks
        && one.calls() - one.rejected() == tasks + 1
        && one.repeated() == 0
        && one.rejected() == 0
        && one.aborted() == 0;
  }

  private String caption() {
    return """
        %s %,d tasks, %,d requests per minute, mean call duration 1.05 s, %d concurrent calls per worker, at most %d workers.
        """
        .formatted(
            Report.caption(commandName() + " --publish"), tasks, rpm, concurrency, maxWorkers);
  }
}
