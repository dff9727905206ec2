package dev.sluice.bench.hostile;

import dev.sluice.bench.harness.Pause;
import dev.sluice.bench.harness.Quantiles;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RunningSluice;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code bench/hostile}. */
@Command(
    description = {
      "Compares an ordinary project alone and beside a hostile one, in alternating slices of one"
          + " run.",
      "Two producers, two workers, and a memory alarm of the broker in each slice. The ordinary"
          + " project submits",
      "batches at a fixed rate. Exit code 1 if its throughput beside the hostile project is less"
          + " than 90 %% of that alone."
    })
public final class HostileTrial extends Scenario {
  private static final int WORKERS = 2;
  private static final int CONCURRENCY = 20;
  private static final int CALLS_PER_MINUTE = 1200;
  private static final int LINES = 40;
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration ALARM = Duration.ofSeconds(3);
  private static final double MIN_RATIO = 0.9;

  @Option(names = "--slices", description = "Number of pairs of slices: alone, beside.")
  private int slices = 3;

  @Option(names = "--seconds", description = "Measured duration of a slice.")
  private int seconds = 60;

  @Option(
      names = "--settle",
      description = "Seconds before each slice that are not measured: the load has just changed.")
  private int settle = 15;

  private final List<OrdinaryProject.Finished> alone = new ArrayList<>();
  private final List<OrdinaryProject.Finished> beside = new ArrayList<>();

  @Override
  protected void checkOptions() {
    require(slices >= 1, "--slices (%d) must be at least 1".formatted(slices));
    require(seconds >= 10, "--seconds (%d) must be at least 10".formatted(seconds));
    require(settle >= 0, "--settle (%d) must be at least 0".formatted(settle));
  }

  @Override
  protected boolean run(Path folder, CloseableStack open) {
    Broker broker = open.add(Broker.in(folder));
    RunningSluice sluice =
        open.add(
            RunningSluice.start(
                folder.resolve("home"),
                "--amqp-url",
                broker.start(),
                "--workers",
                Integer.toString(WORKERS),
                "--concurrency",
                Integer.toString(CONCURRENCY),
                "--rpm",
                Integer.toString(CALLS_PER_MINUTE),
                "--latency",
                "lognormal:300ms,0.5"));
    URI second = sluice.startProducer("producer-2");
    HttpClient http = HttpClient.newHttpClient();
    ProjectClient administrator =
        new ProjectClient(
            http,
            URI.create(sluice.environment().getOrDefault("SLUICE_URL", "")),
            sluice.environment().getOrDefault("SLUICE_API_KEY", ""));
    ProjectClient ordinary = administrator.createProject("ordinary");
    ProjectClient hostile = administrator.createProject("hostile").at(second);
    AtomicInteger numbers = new AtomicInteger();
    try (OrdinaryProject project = new OrdinaryProject(ordinary, LINES, INTERVAL)) {
      for (int slice = 1; slice <= slices; slice++) {
        alone.addAll(measure("alone " + slice, project, broker));
        HostileProject other = new HostileProject(hostile, numbers);
        try {
          beside.addAll(measure("beside " + slice, project, broker));
        } finally {
          other.close();
        }
        System.out.printf("hostile project: %s%n", other.summary());
      }
    }
    return report();
  }

  private List<OrdinaryProject.Finished> measure(
      String slice, OrdinaryProject project, Broker broker) {
    Pause.of(Duration.ofSeconds(settle));
    Duration half = Duration.ofSeconds(seconds).minus(ALARM).dividedBy(2);
    long from = System.nanoTime();
    Pause.of(half);
    broker.startMemoryAlarm();
    Pause.of(ALARM);
    broker.endMemoryAlarm();
    long to = from + Duration.ofSeconds(seconds).toNanos();
    Pause.of(Duration.ofNanos(to - System.nanoTime()));
    List<OrdinaryProject.Finished> finished = project.finished(from, to);
    System.out.printf("%s: %s%n", slice, description(finished, 1));
    return finished;
  }

  private boolean report() {
    double ratio = (double) completed(beside) / completed(alone);
    System.out.printf("| | tasks per minute | batch p50 | batch p95 |%n|---|--:|--:|--:|%n");
    System.out.printf("| alone | %s |%n", row(alone));
    System.out.printf("| beside the hostile project | %s |%n", row(beside));
    System.out.printf(
        "offered: %d tasks per minute; ratio: %.3f%n",
        LINES * Duration.ofMinutes(1).dividedBy(INTERVAL), ratio);
    return ratio >= MIN_RATIO;
  }

  private String row(List<OrdinaryProject.Finished> finished) {
    return description(finished, slices).replace(", ", " | ");
  }

  private String description(List<OrdinaryProject.Finished> finished, int of) {
    List<Duration> latencies = finished.stream().map(batch -> batch.latency()).sorted().toList();
    return latencies.isEmpty()
        ? "0, -, -"
        : "%.0f, %.1f s, %.1f s"
            .formatted(
                completed(finished) * 60.0 / (seconds * (double) of),
                inSeconds(Quantiles.of(latencies, 0.5)),
                inSeconds(Quantiles.of(latencies, 0.95)));
  }

  private static double inSeconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static int completed(List<OrdinaryProject.Finished> finished) {
    return finished.stream().mapToInt(OrdinaryProject.Finished::completed).sum();
  }
}
