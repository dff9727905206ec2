package dev.sluice.bench;

import dev.sluice.bench.fault.ClusterTrial;
import dev.sluice.bench.fault.Faults;
import dev.sluice.bench.fault.RollingTrial;
import dev.sluice.bench.fault.Upgrade;
import dev.sluice.bench.goodput.Goodput;
import dev.sluice.bench.harness.Scenario;
import dev.sluice.bench.hostile.HostileTrial;
import dev.sluice.bench.latency.Delays;
import dev.sluice.bench.latency.Overhead;
import dev.sluice.bench.latency.StartupBenchmark;
import dev.sluice.bench.resource.Footprint;
import dev.sluice.bench.resource.Sizing;
import dev.sluice.bench.resource.TaskCost;
import dev.sluice.bench.scale.Scale;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;

/** Command {@code bench/run SCENARIO [options]}. */
public final class Bench {
  private static final Map<String, Scenario> SCENARIOS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("cluster", new ClusterTrial()),
              Map.entry("cost", new TaskCost()),
              Map.entry("delays", new Delays()),
              Map.entry("faults", new Faults()),
              Map.entry("goodput", new Goodput()),
              Map.entry("hostile", new HostileTrial()),
              Map.entry("live", new Overhead()),
              Map.entry("memory", new Footprint()),
              Map.entry("rolling", new RollingTrial()),
              Map.entry("scale", new Scale()),
              Map.entry("sizing", new Sizing()),
              Map.entry("start", new StartupBenchmark()),
              Map.entry("upgrade", new Upgrade())));

  private Bench() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // locale-independent number format
    Scenario scenario = arguments.length == 0 ? null : SCENARIOS.get(arguments[0]);
    if (scenario == null) {
      System.err.println("usage: bench/run SCENARIO [options]; scenarios: " + SCENARIOS.keySet());
      System.exit(CommandLine.ExitCode.USAGE);
      return;
    }
    System.exit(
        new CommandLine(scenario)
            .setCommandName("bench/" + arguments[0])
            .execute(Arrays.copyOfRange(arguments, 1, arguments.length)));
  }
}
