package dev.sluice.bench.harness;

import dev.sluice.simulator.Simulator;
import dev.sluice.simulator.SimulatorSettings;
import dev.sluice.simulator.fault.FaultRates;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.provider.LimitHeaders;
import dev.sluice.simulator.provider.ProviderSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** A simulated provider in the process of the benchmark. */
public final class BenchProvider {
  private BenchProvider() {}

  /**
   * Starts a provider without faults.
   *
   * @param log file of its calls
   * @param headers rate limit headers of the replies
   */
  public static Simulator start(
      Path log, Latency latency, LimitHeaders headers, LimitSettings limits) {
    ProviderSettings provider =
        new ProviderSettings(
            Set.of(),
            latency,
            Duration.ZERO,
            FaultRates.NONE,
            Duration.ofSeconds(1),
            0,
            headers,
            Set.of(),
            1);
    return Simulator.start(
        new SimulatorSettings("127.0.0.1", 0, log, Duration.ofMinutes(1), limits, provider),
        Clock.systemUTC());
  }
}
