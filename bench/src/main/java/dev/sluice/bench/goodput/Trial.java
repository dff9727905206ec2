package dev.sluice.bench.goodput;

import dev.sluice.bench.analysis.LimitSchedule;
import dev.sluice.bench.analysis.ProviderCall;
import dev.sluice.bench.analysis.RunAnalysis;
import dev.sluice.bench.analysis.RunAnalyzer;
import dev.sluice.bench.harness.BenchProvider;
import dev.sluice.bench.harness.Pause;
import dev.sluice.bench.prompt.BenchmarkTask;
import dev.sluice.bench.prompt.BenchmarkTasks;
import dev.sluice.bench.system.BenchmarkInput;
import dev.sluice.bench.system.SystemUnderTest;
import dev.sluice.simulator.Simulator;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.BodyHash;
import dev.sluice.testkit.process.CloseableStack;
import dev.sluice.testkit.run.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One system in one case: starts a provider, runs the tasks and analyzes the calls. */
final class Trial {
  private static final String KEY = "sk-goodput";
  private static final int KEY_DIGITS_IN_LOG = 4;
  private static final Duration MEDIAN_LATENCY = Duration.ofMillis(300);
  private static final double LATENCY_SPREAD = 0.5;
  private static final Duration MEAN_LATENCY = Duration.ofMillis(340);
  private static final int WARM_UP_CALLS = 60;

  /** A run is stopped after this multiple of the time that the limits require. */
  private static final int TIMEOUT_FACTOR = 3;

  private static final Duration EXTRA_TIMEOUT = Duration.ofSeconds(30);

  private final SystemUnderTest system;
  private final ProviderScenario setting;
  private final List<BenchmarkTask> prompts;
  private final PerMinute limits;
  private final String redisProgram;
  private final Path folder;

  Trial(
      SystemUnderTest system,
      ProviderScenario setting,
      List<BenchmarkTask> prompts,
      long requestsPerMinute,
      String redisProgram,
      Path folder) {
    this.system = system;
    this.setting = setting;
    this.prompts = prompts;
    this.limits = setting.perMinute(requestsPerMinute, BenchmarkTasks.meanCharge(prompts));
    this.redisProgram = redisProgram;
    this.folder = folder;
  }

  /** Result of a trial. */
  record TrialResult(SystemUnderTest.RunResult runResult, RunAnalysis analysis) {}

  /**
   * Runs the trial.
   *
   * @param open receives the resources that the caller closes
   */
  TrialResult run(CloseableStack open) {
    Path log = folder.resolve("provider.jsonl");
    SystemUnderTest.RunResult runResult;
    List<LimitSchedule.Step> steps = new ArrayList<>();
    steps.add(new LimitSchedule.Step(Instant.EPOCH, limits.requests(), limits.tokens()));
    try (CloseableStack started = open.add(new CloseableStack())) {
      Simulator simulator = started.add(simulator(log));
      OtherClient.warmUp(simulator.url(), WARM_UP_CALLS);
      RedisServer redis =
          system.usesRedis() ? started.add(RedisServer.start(redisProgram, folder)) : null;
      SystemUnderTest.Running running = system.start(input(simulator, redis), started);
      started.add(disturb(simulator, running, redis, steps));
      runResult = running.work(timeout());
    }
    List<ProviderCall> calls =
        ProviderCall.readAll(log).stream()
            .filter(call -> KEY.endsWith(call.key()) && call.key().length() == KEY_DIGITS_IN_LOG)
            .toList();
    LimitSchedule limitSchedule = new LimitSchedule(steps, windows(), setting.burst());
    return new TrialResult(runResult, new RunAnalyzer(limitSchedule, bodies()).analyze(calls));
  }

  private Simulator simulator(Path log) {
    return BenchProvider.start(
        log,
        new Latency.LogNormal(MEDIAN_LATENCY, LATENCY_SPREAD),
        setting.headers(),
        setting.limits(limits));
  }

  private BenchmarkInput input(Simulator simulator, @Nullable RedisServer redis) {
    Optional<BenchmarkInput.KnownLimits> known =
        setting.known()
            ? Optional.of(new BenchmarkInput.KnownLimits(limits.requests(), limits.tokens()))
            : Optional.empty();
    return new BenchmarkInput(
        simulator.url(),
        KEY,
        prompts,
        known,
        MEAN_LATENCY,
        folder,
        redis == null ? 0 : redis.port());
  }

  private AutoCloseable disturb(
      Simulator simulator,
      SystemUnderTest.Running running,
      @Nullable RedisServer redis,
      List<LimitSchedule.Step> steps) {
    return switch (setting.disturbance()) {
      case Disturbance.None none -> () -> {};
      case Disturbance.OtherClient other ->
          OtherClient.start(simulator.url(), KEY, (double) limits.requests() / other.oneIn());
      case Disturbance.Halving halving ->
          at(halving.at(), simulator, () -> steps.add(halve(simulator)));
      case Disturbance.KilledWorker worker -> at(worker.at(), simulator, running::killWorker);
      case Disturbance.KilledRedis killed when redis != null ->
          at(killed.at(), simulator, () -> interruptRedis(redis, killed.downtime()));
      case Disturbance.KilledRedis killed -> () -> {};
    };
  }

  private TriggeredAction at(double fraction, Simulator simulator, Runnable action) {
    long before = replies(simulator);
    long enough = before + Math.round(fraction * prompts.size());
    return TriggeredAction.when(() -> replies(simulator) >= enough, action);
  }

  private static long replies(Simulator simulator) {
    return simulator.stats().byStatus().getOrDefault("200", 0L);
  }

  private LimitSchedule.Step halve(Simulator simulator) {
    PerMinute half = new PerMinute(limits.requests() / 2, limits.tokens() / 2);
    simulator.limits().change(half);
    return new LimitSchedule.Step(Instant.now(), half.requests(), half.tokens());
  }

  private static void interruptRedis(RedisServer redis, Duration downtime) {
    redis.kill();
    Pause.of(downtime);
    redis.restart();
  }

  private Duration timeout() {
    double requests = (double) prompts.size() / limits.requests();
    double tokens =
        prompts.stream().mapToLong(BenchmarkTask::chargedTokens).sum() / (double) limits.tokens();
    double halved = setting.disturbance() instanceof Disturbance.Halving ? 1.5 : 1;
    double seconds = 60 * Math.max(requests, tokens) * halved;
    return Duration.ofSeconds(Math.round(TIMEOUT_FACTOR * seconds)).plus(EXTRA_TIMEOUT);
  }

  private LimitSchedule.WindowMode windows() {
    return switch (setting.counting()) {
      case TOKEN_BUCKET -> LimitSchedule.WindowMode.NONE;
      case PER_SECOND -> LimitSchedule.WindowMode.SECONDS;
      case FIXED_MINUTE -> LimitSchedule.WindowMode.MINUTES;
    };
  }

  private Set<String> bodies() {
    return prompts.stream()
        .map(prompt -> BodyHash.of(prompt.body().getBytes(StandardCharsets.UTF_8)).hex())
        .collect(Collectors.toSet());
  }
}
