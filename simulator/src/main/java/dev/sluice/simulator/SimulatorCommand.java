package dev.sluice.simulator;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.limit.WindowType;
import dev.sluice.simulator.provider.LimitHeaders;
import dev.sluice.simulator.provider.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line, and what it asks for. */
@Command(
    name = "simulator",
    description = "An OpenAI-compatible provider with limits, latency and faults.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    versionProvider = SimulatorVersion.class)
final class SimulatorCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Listen here. Default: ${DEFAULT-VALUE}.")
  String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8089",
      description = "Listen on this port, 0 for any free one. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "Write the port here once it listens.")
  @Nullable Path portFile;

  @Option(
      names = "--broker-port-file",
      paramLabel = "FILE",
      description =
          "Stand in for the broker too, for a training run, on a free port that is written here.")
  @Nullable Path brokerPortFile;

  @Option(names = "--log", paramLabel = "FILE", description = "Append one JSON line per call.")
  @Nullable Path log;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Take this API key only (repeatable). Default: any.")
  List<String> keys = List.of();

  @Option(
      names = "--rpm",
      paramLabel = "[MODEL=]N",
      description =
          "Requests per minute for each key and model (repeatable for single models). Default: no limit.")
  List<ModelLimit> requests = List.of();

  @Option(
      names = "--tpm",
      paramLabel = "[MODEL=]N",
      description =
          "Tokens per minute for each key and model (repeatable for single models). Default: no limit.")
  List<ModelLimit> tokens = List.of();

  @Option(
      names = "--counting",
      paramLabel = "HOW",
      defaultValue = "bucket",
      description =
          "bucket (refills without pause), fixed-minute or per-second. Default: ${DEFAULT-VALUE}.")
  WindowType counting = WindowType.BUCKET;

  @Option(
      names = "--burst",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How many seconds' worth the bucket holds, 1-3600. Default: ${DEFAULT-VALUE}.")
  int burst;

  @Option(names = "--refused-calls-count", description = "A refused call spends a request too.")
  boolean refusedCallsCount;

  @Option(
      names = "--assumed-output",
      paramLabel = "TOKENS",
      defaultValue = "256",
      description = "Tokens charged for a reply without max_tokens. Default: ${DEFAULT-VALUE}.")
  long assumedOutput;

  @Option(
      names = "--limit-headers",
      paramLabel = "WHICH",
      defaultValue = "all",
      description =
          "all (as OpenAI), anthropic, retry-after (on a 429, no others) or none. Default: ${DEFAULT-VALUE}.")
  LimitHeaders limitHeaders = LimitHeaders.ALL;

  @Option(
      names = "--latency",
      paramLabel = "SPEC",
      defaultValue = "none",
      description =
          "none, fixed:200ms, uniform:100ms-400ms or lognormal:300ms,0.5 (median, spread). Default: ${DEFAULT-VALUE}.")
  Latency latency = new Latency.None();

  @Option(
      names = "--latency-per-token",
      paramLabel = "TIME",
      defaultValue = "0s",
      description = "So much more for each token of the reply. Default: ${DEFAULT-VALUE}.")
  Duration latencyPerToken = Duration.ZERO;

  @Option(
      names = "--fault",
      paramLabel = "NAME=RATE",
      description =
          "A share of the calls, 0-1, meets this fault (repeatable). Names: 400, 401, 429, insufficient-quota, context-length, content-filter, 500, 502, 503, hang, reset, half-body, invalid-json.")
  Map<Fault, Double> faults = new TreeMap<>();

  @Option(
      names = "--fault-retry-after",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "What a 429 by a fault tells to wait. Default: ${DEFAULT-VALUE}.")
  Duration faultRetryAfter = Duration.ZERO;

  @Option(
      names = "--hang",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "How long a call that hangs does so at most. Default: ${DEFAULT-VALUE}.")
  Duration hang = Duration.ZERO;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "The same seed gives the same calls the same latencies and faults. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  boolean version;

  SimulatorSettings settings() {
    if (port < 0 || port > 65_535) {
      throw wrong("--port (%d) is not within 0-65535".formatted(port));
    }
    try {
      return new SimulatorSettings(host, port, log, hang, limits(), provider());
    } catch (IllegalArgumentException outOfRange) {
      throw wrong(String.valueOf(outOfRange.getMessage()));
    }
  }

  private LimitSettings limits() {
    Map<String, PerMinute> models = new TreeMap<>();
    Set<String> named = new HashSet<>();
    requests.forEach(limit -> limit.model().ifPresent(named::add));
    tokens.forEach(limit -> limit.model().ifPresent(named::add));
    named.forEach(model -> models.put(model, perMinute(model)));
    return new LimitSettings(
        perMinute(""), models, counting, Duration.ofSeconds(burst), refusedCallsCount);
  }

  /** What is said of the model, else what is said of all. */
  private PerMinute perMinute(String model) {
    return new PerMinute(
        ModelLimit.of(model, requests).orElse(0), ModelLimit.of(model, tokens).orElse(0));
  }

  private ProviderSettings provider() {
    return new ProviderSettings(
        Set.copyOf(new HashSet<>(keys)),
        latency,
        latencyPerToken,
        new FaultRates(faults),
        faultRetryAfter,
        assumedOutput,
        limitHeaders,
        seed);
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
