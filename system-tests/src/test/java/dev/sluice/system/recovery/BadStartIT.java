package dev.sluice.system.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.broker.VirtualHost;
import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each user error at the start prints one clear line and leaves no process behind. */
class BadStartIT {
  @TempDir private @Nullable Path folder;

  @Test
  void unreachableBrokerIsNamedWithItsAddress() throws IOException {
    int port = Ports.free();

    Checkout.RunResult runResult = dev("--amqp-url", "amqp://guest:guest@127.0.0.1:" + port);

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err()).contains("127.0.0.1:" + port).contains("unreachable");
    assertNoStackTrace(runResult);
  }

  @Test
  void invalidRoutesFileIsRejectedWithAllErrors() throws IOException {
    Path routes = folder().resolve("routes.yaml");
    Files.writeString(
        routes,
        """
        sluice:
          routes:
            - name: "Not.Good"
              concurrency: 0
              provider: { url: "http://127.0.0.1:1/v1" }
        """);

    Checkout.RunResult runResult = devWithRoutes(routes);

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err())
        .contains("sluice.routes[0].name (Not.Good)")
        .contains("sluice.routes[0].concurrency (0) is not within 1-1000");
    assertNoStackTrace(runResult);
  }

  @Test
  void yamlErrorIsNamedWithItsLine() throws IOException {
    Path routes = folder().resolve("routes.yaml");
    Files.writeString(routes, "sluice:\n  routes:\n    - name: a\n      models: [b\n      x: y\n");

    Checkout.RunResult runResult = devWithRoutes(routes);

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err()).contains("not valid YAML").contains("line 5");
    assertNoStackTrace(runResult);
  }

  @Test
  void unknownSettingIsNamed() throws IOException {
    Path routes = folder().resolve("routes.yaml");
    Files.writeString(
        routes,
        """
        sluice:
          routes:
            - name: "a"
              provider: { url: "http://127.0.0.1:1/v1" }
              limits: { rpm: 30 }
        """);

    Checkout.RunResult runResult = devWithRoutes(routes);

    assertThat(runResult.exitCode()).isEqualTo(1);
    assertThat(runResult.err()).contains("sluice.routes[0].limits.rpm is not a route setting");
    assertNoStackTrace(runResult);
  }

  @Test
  void unreachableProducerErrorSaysHowToStartOne() throws IOException {
    Checkout.RunResult runResult =
        Checkout.run(
            Map.of(
                "SLUICE_URL",
                "http://127.0.0.1:" + Ports.free(),
                "SLUICE_API_KEY",
                "whatever-it-is-1"),
            "status");

    assertThat(runResult.exitCode()).isEqualTo(4);
    assertThat(runResult.err()).contains("unreachable").contains("./sluice dev");
    assertNoStackTrace(runResult);
  }

  @Test
  void unknownOptionIsNamed() {
    Checkout.RunResult runResult = dev("--wrokers", "2");

    assertThat(runResult.exitCode()).isEqualTo(2);
    assertThat(runResult.err()).contains("--wrokers");
    assertNoStackTrace(runResult);
  }

  /** Uses the build's broker if there is one: a private one takes seconds to start. */
  private Checkout.RunResult devWithRoutes(Path routes) {
    VirtualHost shared = VirtualHost.createForBuild().orElse(null);
    if (shared == null) {
      return dev("--routes", routes.toString());
    }
    try {
      return dev("--routes", routes.toString(), "--amqp-url", shared.url());
    } finally {
      shared.remove();
    }
  }

  private Checkout.RunResult dev(String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "dev";
    all[1] = "--home";
    all[2] = folder().resolve("home").toString();
    System.arraycopy(options, 0, all, 3, options.length);
    return Checkout.run(Map.of(), all);
  }

  private static void assertNoStackTrace(Checkout.RunResult runResult) {
    assertThat(runResult.err() + runResult.out())
        .doesNotContain("\tat ")
        .doesNotContain("Exception in");
  }

  private Path folder() {
    return Objects.requireNonNull(folder);
  }
}
