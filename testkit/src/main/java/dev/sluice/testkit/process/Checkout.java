package dev.sluice.testkit.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The checkout that contains the tests, and its {@code ./sluice}. */
public final class Checkout {
  private static final String BUILD = "SLUICE_BUILD";
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private Checkout() {}

  /** The folder that contains {@code ./sluice}. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isExecutable(folder.resolve("sluice"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "no parent folder of " + Path.of("").toAbsolutePath() + " contains ./sluice");
    }
    return folder;
  }

  /** Output and exit code of a command. */
  public record RunResult(int exitCode, String out, String err) {

    /**
     * The output.
     *
     * @throws IllegalStateException with the error output, if the command failed
     */
    public String orThrow() {
      if (exitCode != 0) {
        throw new IllegalStateException(err + out);
      }
      return out;
    }
  }

  /** Prepares a {@code ./sluice} command whose output goes to files in the folder. */
  public static ProcessBuilder command(
      Path root, Map<String, String> environment, List<String> arguments) {
    List<String> all = new ArrayList<>();
    all.add(root.resolve("sluice").toString());
    all.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(all).directory(root.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("SLUICE_") && !name.equals(BUILD));
    // The build that runs the tests has made the jars; a benchmark overrides this.
    builder.environment().putIfAbsent(BUILD, "never");
    // The build has made the AOT caches; a training during the tests would slow them down.
    builder.environment().put("SLUICE_TRAINING", "off");
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs a {@code ./sluice} command and waits for its end. */
  public static RunResult run(Map<String, String> environment, String... arguments) {
    return Commands.run(command(root(), environment, List.of(arguments)), TIMEOUT);
  }
}
