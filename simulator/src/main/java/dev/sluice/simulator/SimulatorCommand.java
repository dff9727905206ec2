package dev.sluice.simulator;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.openai.Model;
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

/** The command-line options and the settings that result from them. */
@Command(
    name = "simulator",
    description = "Run an OpenAI-compatible provider with rate limits, latency and faults.",
    sortOptions = false,
    usageHelpAutoWidth = true,
    versionProvider = SimulatorVersion.class)
final class SimulatorCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
  String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8089",
      description = "Port to listen on; 0 for a free port. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "Write the port to this file when the simulator listens.")
  @Nullable Path portFile;

  @Option(
      names = "--broker-port-file",
      paramLabel = "FILE",
      description =
          "Also start a fake RabbitMQ broker for warm-up runs, and write its port to this file.")
  @Nullable Path brokerPortFile;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Append one JSON line per call to this file.")
  @Nullable Path log;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Accept only this API key (repeatable). Default: any key.")
  List<String> keys = List.of();

  @Option(
      names = "--rpm",
      paramLabel = "[MODEL=]N",
      description =
          "Requests per minute, for each key and model (repeatable for single models). Default: no limit.")
  List<ModelLimit> requests = List.of();

  @Option(
      names = "--tpm",
      paramLabel = "[MODEL=]N",
      description =
          "Tokens per minute, for each key and model (repeatable for single models). Default: no limit.")
  List<ModelLimit> tokens = List.of();

  @Option(
      names = "--limit-algorithm",
      paramLabel = "NAME",
      defaultValue = "token-bucket",
      description =
          "Rate limit algorithm: token-bucket, fixed-minute or per-second. Default: ${DEFAULT-VALUE}.")
  LimitAlgorithm algorithm = LimitAlgorithm.TOKEN_BUCKET;

  @Option(
      names = "--burst",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Capacity of the token bucket, in seconds of the limit, 1-3600. Default: ${DEFAULT-VALUE}.")
  int burst;

  @Option(
      names = "--count-rejected-calls",
      description = "Count rejected calls against the limit on requests.")
  boolean countRejectedCalls;

  @Option(
      names = "--assumed-output",
      paramLabel = "TOKENS",
      defaultValue = "256",
      description =
          "Completion tokens charged for a request without max_tokens. Default: ${DEFAULT-VALUE}.")
  long assumedOutput;

  @Option(
      names = "--limit-headers",
      paramLabel = "NAME",
      defaultValue = "all",
      description =
          "Rate limit headers: all (OpenAI's), anthropic, retry-after (only on 429) or none. Default: ${DEFAULT-VALUE}.")
  LimitHeaders limitHeaders = LimitHeaders.ALL;

  @Option(
      names = "--latency",
      paramLabel = "SPEC",
      defaultValue = "none",
      description =
          "Latency: none, fixed:200ms, uniform:100ms-400ms or lognormal:300ms,0.5 (median, sigma). Default: ${DEFAULT-VALUE}.")
  Latency latency = new Latency.None();

  @Option(
      names = "--latency-per-token",
      paramLabel = "TIME",
      defaultValue = "0s",
      description = "Additional latency per completion token. Default: ${DEFAULT-VALUE}.")
  Duration latencyPerToken = Duration.ZERO;

  @Option(
      names = "--fault",
      paramLabel = "NAME=RATE",
      description =
          "Fraction of the calls, 0-1, that get this fault (repeatable). Faults: 400, 401, 429, insufficient-quota, context-length, content-filter, no-capacity (of the calls at the flex tier), 500, 502, 503, loading, error-in-200, hang, reset, half-body, invalid-json.")
  Map<Fault, Double> faults = new TreeMap<>();

  @Option(
      names = "--fault-retry-after",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "Retry-After of an injected 429. Default: ${DEFAULT-VALUE}.")
  Duration faultRetryAfter = Duration.ZERO;

  @Option(
      names = "--no-flex",
      paramLabel = "MODEL",
      description =
          "This model has no flex tier: a request with service_tier flex gets a 400 (repeatable).")
  List<String> modelsWithoutFlex = List.of();

  @Option(
      names = "--hang",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "Duration after which a hanging call is closed. Default: ${DEFAULT-VALUE}.")
  Duration hang = Duration.ZERO;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Random seed; the same seed gives the same latencies and faults. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  boolean version;

  SimulatorSettings settings() {
    if (port < 0 || port > 65_535) {
      throw usageError("--port (%d) is not within 0-65535".formatted(port));
    }
    modelsWithoutFlex.stream()
        .filter(name -> Model.named(name).isEmpty())
        .findFirst()
        .ifPresent(
            name -> {
              throw usageError(
                  "--no-flex %s is not a model; the models are %s".formatted(name, Model.names()));
            });
    try {
      return new SimulatorSettings(host, port, log, hang, limits(), provider());
    } catch (IllegalArgumentException outOfRange) {
      throw usageError(String.valueOf(outOfRange.getMessage()));
    }
  }

  private LimitSettings limits() {
    Map<String, PerMinute> models = new TreeMap<>();
    Set<String> named = new HashSet<>();
    requests.forEach(limit -> limit.model().ifPresent(named::add));
    tokens.forEach(limit -> limit.model().ifPresent(named::add));
    named.forEach(model -> models.put(model, perMinute(model)));
    return new LimitSettings(
        perMinute(""), models, algorithm, Duration.ofSeconds(burst), countRejectedCalls);
  }

  /** The limits of one model; the general limits for an empty name. */
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
        Set.copyOf(new HashSet<>(modelsWithoutFlex)),
        seed);
  }

  private ParameterException usageError(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
