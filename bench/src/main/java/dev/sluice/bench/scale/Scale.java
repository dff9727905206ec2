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
  @Option(names = "--tasks", description = "Number of tasks in the backlog.")
  private int tasks = 5000;

  @Option(names = "--rpm", description = "Requests per minute that the provider allows.")
  private int rpm = 1500;

  @Option(names = "--max-workers", description = "Maximum number of workers, 2 to 16.")
  private int maxWorkers = 6;

  @Option(names = "--concurrency", description = "Maximum concurrent calls per worker.")
  private int concurrency = 10;

  @Option(names = "--polling", description = "Polling interval of the metric, in seconds.")
  private int polling = 5;

  @Option(names = "--window", description = "Stabilization window for scaling down, in seconds.")
  private int window = 20;

  @Option(
      names = "--cooldown",
      description = "Cooldown period before the last worker is removed, in seconds.")
  private int cooldown = 30;

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
