package dev.sluice.simulator;

import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.provider.ProviderSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that a simulator is started with.
 *
 * @param host the address to listen on
 * @param port 0 for any free one
 * @param log where each call is logged; null for nowhere
 * @param hang how long a call that hangs does so at most
 */
public record SimulatorSettings(
    String host,
    int port,
    @Nullable Path log,
    Duration hang,
    LimitSettings limits,
    ProviderSettings provider) {
  static final Duration USUAL_HANG = Duration.ofMinutes(10);

  /** On any free local port, without a log. */
  public static SimulatorSettings local(LimitSettings limits, ProviderSettings provider) {
    return new SimulatorSettings("127.0.0.1", 0, null, USUAL_HANG, limits, provider);
  }
}
