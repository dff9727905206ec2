package dev.sluice.system.ship;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.process.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An image of the Dockerfile, built and run by {@code system-tests/image/outside-docker}.
 *
 * @param folder folder of its root file system
 * @param target the Dockerfile's stage
 */
record Image(Path folder, String target) {
  private static final String SCRIPT = "system-tests/image/outside-docker";
  private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(12);

  /** Skips the test where this machine cannot build images. */
  static void assumeSupported(Path folder) {
    ChildProcess probe =
        ChildProcess.start(
            folder.resolve("probe.log"), Map.of(), List.of("unshare", "--mount", "true"));
    assumeTrue(
        probe.succeeds(CHECK_TIMEOUT),
        "images can be built only by root, and where mount namespaces are allowed");
  }

  /** Builds an image from the jars of the build that runs the tests. */
  static Image make(Path folder, String target) {
    Image image = new Image(folder, target);
    ChildProcess build = image.script("build", List.of("build", target, folder.toString()));
    if (!build.succeeds(BUILD_TIMEOUT)) {
      throw new IllegalStateException(target + ": the image build failed: " + build.output());
    }
    return image;
  }

  /** Starts the image's process with environment variables, as {@code docker run --env} does. */
  ChildProcess start(Path routes, List<String> settings) {
    List<String> arguments = new ArrayList<>(List.of("run", folder.toString(), target));
    arguments.addAll(List.of("--volume", routes + ":/etc/sluice/routes.yaml"));
    arguments.addAll(settings);
    return script("run", arguments);
  }

  /** Runs the image's health check. */
  boolean isHealthy(List<String> settings) {
    List<String> arguments = new ArrayList<>(List.of("check", folder.toString(), target));
    arguments.addAll(settings);
    return script("check", arguments).succeeds(CHECK_TIMEOUT);
  }

  private ChildProcess script(String subcommand, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(Checkout.root().resolve(SCRIPT).toString()));
    command.addAll(arguments);
    return ChildProcess.start(
        folder.resolve("%s-%s.log".formatted(target, subcommand)),
        Map.of("SLUICE_BUILD", "never"),
        command);
  }
}
