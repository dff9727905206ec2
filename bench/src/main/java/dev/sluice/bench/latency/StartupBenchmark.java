package dev.sluice.bench.latency;

import dev.sluice.bench.harness.Machine;
import dev.sluice.bench.harness.Report;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.testkit.broker.Broker;
import dev.sluice.testkit.process.CloseableStack;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command {@code bench/start}. */
@Command(
    description = {
      "Measures the time from process start to readiness of producer and worker.",
      "A worker is ready when it accepts tasks. The variants alternate in one run; broker and"
          + " database are running."
    })
public final class StartupBenchmark extends Scenario {
  @Option(names = "--times", description = "Number of measured starts, after one warm-up start.")
  private int times = 7;

  @Option(
      names = "--java",
      hidden = true,
      required = true,
      description = "Java program and options.")
  private List<String> java = List.of();

  @Option(names = "--producer", hidden = true, required = true)
  private Path producer = Path.of("");

  @Option(names = "--worker", hidden = true, required = true)
  private Path worker = Path.of("");

  @Option(names = "--simulator", hidden = true, required = true)
  private Path simulator = Path.of("");

  @Mixin private Report report = new Report();

  @Override
  protected boolean run(Path folder, CloseableStack open) throws IOException {
    Map<ApplicationProcess, Map<StartupMode, List<ApplicationProcess.StartTime>>> startTimes =
        new LinkedHashMap<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      List<ApplicationProcess> applications =
          applications(open.add(Broker.in(folder)).start(), folder);
      for (ApplicationProcess application : applications) {
        application.train(simulator, folder);
      }
      for (int round = 0; round <= times; round++) {
        for (ApplicationProcess application : applications) {
          for (StartupMode startupMode : StartupMode.values()) {
            ApplicationProcess.StartTime one = application.start(startupMode, folder, http);
            if (round > 0) {
              startTimes
                  .computeIfAbsent(application, any -> new EnumMap<>(StartupMode.class))
                  .computeIfAbsent(startupMode, any -> new ArrayList<>())
                  .add(one);
            }
          }
        }
      }
    }
    report(startTimes);
    return true;
  }

  private List<ApplicationProcess> applications(String broker, Path folder) throws IOException {
    Path routes =
        Files.writeString(
            folder.resolve("routes.yaml"),
            """
            sluice:
              routes:
                - name: default
                  models: ["*"]
                  provider: {url: "http://127.0.0.1:9/v1", api-key: "none"}
                  concurrency: 8
            """);
    Map<String, String> settings =
        Map.of(
            "SPRING_RABBITMQ_ADDRESSES",
            broker,
            "SPRING_CONFIG_ADDITIONAL_LOCATION",
            "file:" + routes,
            "SLUICE_API_KEY",
            "a-key-for-this-measurement",
            "SLUICE_DATABASE_DIRECTORY",
            folder.resolve("postgres").toString());
    return List.of(
        new ApplicationProcess("worker", worker, java, settings),
        new ApplicationProcess("producer", producer, java, settings));
  }

  private void report(
      Map<ApplicationProcess, Map<StartupMode, List<ApplicationProcess.StartTime>>> startTimes) {
    StringBuilder table =
        new StringBuilder(
            """
            %s %d starts of each; load %.2f. Seconds.

            | application | cache | median | fastest | slowest | relative to none | CPU time | relative to none |
            |---|---|--:|--:|--:|--:|--:|--:|
            """
                .formatted(Report.caption(commandName()), times, Machine.now().load()));
    startTimes.forEach(
        (application, byMode) -> {
          List<ApplicationProcess.StartTime> baseline =
              byMode.getOrDefault(StartupMode.PLAIN, List.of());
          byMode.forEach(
              (startupMode, all) -> table.append(line(application, startupMode, all, baseline)));
        });
    report.write("performance.md", "start", table.toString());
  }

  private static String line(
      ApplicationProcess application,
      StartupMode startupMode,
      List<ApplicationProcess.StartTime> all,
      List<ApplicationProcess.StartTime> baseline) {
    List<Double> wall = sorted(all, ApplicationProcess.StartTime::wall);
    double cpu = median(sorted(all, ApplicationProcess.StartTime::cpu));
    return "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n"
        .formatted(
            application.module(),
            startupMode.title(),
            median(wall),
            wall.getFirst(),
            wall.getLast(),
            median(wall) / median(sorted(baseline, ApplicationProcess.StartTime::wall)),
            cpu,
            cpu / median(sorted(baseline, ApplicationProcess.StartTime::cpu)));
  }

  private static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static List<Double> sorted(
      List<ApplicationProcess.StartTime> all,
      Function<ApplicationProcess.StartTime, Duration> part) {
    return all.stream().map(one -> part.apply(one).toMillis() / 1e3).sorted().toList();
  }
}
