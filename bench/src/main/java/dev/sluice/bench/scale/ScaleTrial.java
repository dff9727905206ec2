package dev.sluice.bench.scale;

import static org.awaitility.Awaitility.await;

import dev.sluice.bench.harness.BatchClient;
import dev.sluice.bench.harness.BenchProvider;
import dev.sluice.bench.harness.Pause;
import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.simulator.Simulator;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.ledger.CallTotals;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.LimitHeaders;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.process.Folders;
import dev.sluice.testkit.run.RedisServer;
import dev.sluice.testkit.run.RunningSluice;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import tools.jackson.databind.JsonNode;

/** Runs one scaling signal: a provider, a Sluice without workers, a backlog and an autoscaler. */
final class ScaleTrial {
  private static final String ROUTE = "bench";
  private static final Duration MEDIAN_LATENCY = Duration.ofSeconds(1);
  private static final double LATENCY_SPREAD = 0.3;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final ScalingSignal scalingSignal;
  private final Setting setting;
  private final Path folder;
  private final List<ScaleResult.Second> seconds = new ArrayList<>();
  private long admitted;

  /**
   * Settings of all runs.
   *
   * @param tasks size of the backlog
   * @param rpm calls per minute that the provider allows
   * @param maxWorkers maximum number of workers
   * @param concurrency maximum concurrent calls per worker
   * @param polling interval at which the autoscaler reads the metric
   */
  record Setting(
      int tasks,
      int rpm,
      int maxWorkers,
      int concurrency,
      Duration polling,
      Duration cooldown,
      Duration stabilization) {}

  ScaleTrial(ScalingSignal scalingSignal, Setting setting, Path folder) {
    this.scalingSignal = scalingSignal;
    this.setting = setting;
    this.folder = folder;
  }

  /**
   * Runs the trial.
   *
   * @param open receives the resources that the caller closes
   */
  ScaleResult run(CloseableStack open) {
    try (CloseableStack started = open.add(new CloseableStack())) {
      Simulator simulator = started.add(simulator());
      RunningSluice sluice = started.add(sluice(simulator.url(), started));
      WorkerPods workerPods = new WorkerPods(sluice, setting.maxWorkers());
      workerPods.scale(0);
      await().atMost(TIMEOUT).until(() -> workerPods.processes() == 0);
      CachingConnectionFactory connections =
          new CachingConnectionFactory(
              URI.create(sluice.environment().getOrDefault("SLUICE_AMQP_URL", "")));
      started.add(connections::destroy);
      ScalingSignal.Sources sources =
          new ScalingSignal.Sources(sluice, new RabbitAdmin(connections), ROUTE);
      return scaled(new BatchClient(sluice), simulator, workerPods, sources);
    }
  }

  private ScaleResult scaled(
      BatchClient batches,
      Simulator simulator,
      WorkerPods workerPods,
      ScalingSignal.Sources sources) {
    List<BenchmarkTask> prompts = BenchmarkTasks.make(setting.tasks());
    long began = System.nanoTime();
    Autoscaler scaler =
        new Autoscaler(
            new Autoscaler.Rules(
                setting.maxWorkers(),
                scalingSignal.target(setting.concurrency()),
                setting.cooldown(),
                setting.stabilization()),
            began);
    String batch = submitted(batches, prompts, "backlog");
    long done = 0;
    long one = 0;
    while (done == 0 || workerPods.processes() > 0) {
      step(scaler, sources, simulator, workerPods, began);
      long now = System.nanoTime();
      if (done == 0 && isCompleted(batches.find(batch))) {
        done = now;
      }
      if (done != 0 && one == 0 && workerPods.count() <= 1) {
        one = now;
      }
      if (now - began > timeout().toNanos()) {
        throw new IllegalStateException("the batch did not finish within " + timeout());
      }
    }
    long none = System.nanoTime();
    long answered = batches.find(batch).at("/request_counts/completed").asLong();
    String last = submitted(batches, List.of(BenchmarkTasks.small("wake")), "one");
    while (!isCompleted(batches.find(last))) {
      step(scaler, sources, simulator, workerPods, began);
    }
    Duration scaleUpFromZero = since(none);
    CallTotals stats = simulator.stats();
    return new ScaleResult(
        scalingSignal,
        setting.concurrency(),
        setting.rpm() / 60.0,
        answered,
        Duration.ofNanos(done - began),
        stats.calls(),
        stats.calls() - stats.rateLimited() - stats.distinctBodies(),
        stats.rateLimited(),
        stats.byStatus().getOrDefault("none", 0L),
        new ScaleResult.ScalingTimes(
            Duration.ofNanos(one - done), Duration.ofNanos(none - done), scaleUpFromZero),
        seconds);
  }

  /** Advances by one second, and reads the metric when it is due. */
  private void step(
      Autoscaler scaler,
      ScalingSignal.Sources sources,
      Simulator simulator,
      WorkerPods workerPods,
      long began) {
    if (seconds.size() % setting.polling().toSeconds() == 0) {
      workerPods.scale(
          scaler.pods(scalingSignal.read(sources), workerPods.count(), System.nanoTime()));
    }
    CallTotals stats = simulator.stats();
    long now = stats.byStatus().getOrDefault("200", 0L) + stats.inFlight();
    seconds.add(
        new ScaleResult.Second(
            workerPods.count(), workerPods.processes(), stats.inFlight(), now - admitted));
    admitted = now;
    Pause.of(Duration.ofNanos(began + seconds.size() * SECOND.toNanos() - System.nanoTime()));
  }

  private Duration timeout() {
    return Duration.ofSeconds(3L * 60 * setting.tasks() / setting.rpm()).plus(TIMEOUT);
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private String submitted(BatchClient batches, List<BenchmarkTask> prompts, String name) {
    Path file = folder.resolve(name + ".jsonl");
    BenchmarkTasks.writeBatch(prompts, file);
    return batches.submit(file);
  }

  private static boolean isCompleted(JsonNode batch) {
    return batch.path("status").asString().equals("completed");
  }

  private Simulator simulator() {
    PerMinute allowed = new PerMinute(setting.rpm(), 100_000_000);
    return BenchProvider.start(
        folder.resolve("provider.jsonl"),
        new Latency.LogNormal(MEDIAN_LATENCY, LATENCY_SPREAD),
        LimitHeaders.ALL,
        new LimitSettings(allowed, Map.of(), LimitAlgorithm.TOKEN_BUCKET, SECOND, false));
  }

  private RunningSluice sluice(URI provider, CloseableStack open) {
    Path routes =
        Folders.write(
            folder.resolve("routes.yaml"),
            """
            sluice:
              routes:
                - name: %s
                  provider:
                    url: %s
                    api-key: sk-scale
                  concurrency: %d
            """
                .formatted(ROUTE, provider, setting.concurrency()));
    List<String> options =
        new ArrayList<>(
            List.of(
                "--workers",
                Integer.toString(setting.maxWorkers()),
                "--routes",
                routes.toString()));
    RedisServer.installed()
        .map(program -> open.add(RedisServer.start(program, folder)))
        .ifPresent(
            redis -> options.addAll(List.of("--redis-url", "redis://127.0.0.1:" + redis.port())));
    return RunningSluice.start(folder.resolve("home"), options.toArray(String[]::new));
  }
}
