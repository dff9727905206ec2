package dev.sluice.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.latency.Latency;
import dev.sluice.simulator.limit.LimitAlgorithm;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.provider.ProviderSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {
  private final SimulatorCommand command = new SimulatorCommand();
  private final CommandLine line = SimulatorApplication.commandLine(command);
  private final StringWriter errors = new StringWriter();

  @Test
  void optionsAreMappedToSettings() {
    line.parseArgs(
        ("--port 0 --rpm 500 --tpm 200000 --rpm gpt-4o=10 --limit-algorithm fixed-minute --burst 5"
                + " --count-rejected-calls --latency lognormal:300ms,0.5 --fault 429=0.1"
                + " --fault reset=0.05 --hang 3s --seed 9 --key k1 --key k2")
            .split(" "));
    SimulatorSettings settings = command.settings();
    assertThat(settings.limits())
        .isEqualTo(
            new LimitSettings(
                new PerMinute(500, 200_000),
                Map.of("gpt-4o", new PerMinute(10, 200_000)),
                LimitAlgorithm.FIXED_MINUTE,
                Duration.ofSeconds(5),
                true));
    assertThat(settings.hang()).isEqualTo(Duration.ofSeconds(3));
    ProviderSettings provider = settings.provider();
    assertThat(provider.latency()).isEqualTo(new Latency.LogNormal(Duration.ofMillis(300), 0.5));
    assertThat(provider.faults().rates())
        .containsOnly(Map.entry(Fault.THROTTLED, 0.1), Map.entry(Fault.RESET, 0.05));
    assertThat(provider.keys()).containsExactlyInAnyOrder("k1", "k2");
    assertThat(provider.seed()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port 99999 | --port (99999) is not within 0-65535",
        "--latency soon | soon is not a latency",
        "--latency uniform:2s-1s | the lower bound 2s is above the upper bound 1s",
        "--rpm gpt-9=3 | unknown model gpt-9",
        "--rpm many | many is not a whole number",
        "--rpm -1 | -1 requests per minute is not within",
        "--fault 418=0.1 | unknown fault 418",
        "--fault 500=2 | the rate 2.0 of 500 is not within 0-1",
        "--fault 500=0.6 --fault 503=0.6 | above 1",
        "--limit-algorithm never | never is not one of token-bucket, fixed-minute, per-second",
        "--burst 0 | burst",
        "--log /no/such/folder/log | its folder does not exist",
        "--unknown | --unknown",
      })
  void invalidOptionPrintsOneLineAndExitsWithTwo(String arguments, String message) {
    assertThat(execute(arguments.split(" "))).isEqualTo(2);
    assertThat(errors.toString()).startsWith("simulator: ").contains(message).hasLineCount(1);
  }

  @Test
  void portInUsePrintsOneLineAndExitsWithTwo() throws IOException {
    try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = occupied.getLocalPort();
      assertThat(execute("--port", Integer.toString(port))).isEqualTo(2);
      assertThat(errors.toString())
          .isEqualToIgnoringNewLines(
              "simulator: cannot listen on 127.0.0.1:%d: Address already in use. Choose another --port, or 0 for a free port."
                  .formatted(port));
    }
  }

  @Test
  void portZeroSelectsFreePort() {
    SimulatorSettings settings =
        SimulatorSettings.local(LimitSettings.of(0, 0), ProviderSettings.plain());
    try (Simulator first = Simulator.start(settings, Clock.systemUTC());
        Simulator second = Simulator.start(settings, Clock.systemUTC())) {
      assertThat(first.port()).isNotEqualTo(second.port()).isPositive();
    }
  }

  private int execute(String... arguments) {
    line.setErr(new PrintWriter(errors, true));
    return line.execute(arguments);
  }
}
