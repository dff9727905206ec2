package dev.sluice.simulator;

import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.provider.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a simulator.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for a free port
 * @param log file for the call log; null for no log
 * @param hang duration after which a hanging call is closed
 */
public record SimulatorSettings(
    String host,
    int port,
    @Nullable Path log,
    Duration hang,
    LimitSettings limits,
    ProviderSettings provider) {
  static final Duration DEFAULT_HANG = Duration.ofMinutes(10);

  /** Settings for a free local port, without a log. */
  public static SimulatorSettings local(LimitSettings limits, ProviderSettings provider) {
    return new SimulatorSettings("127.0.0.1", 0, null, DEFAULT_HANG, limits, provider);
  }
}
