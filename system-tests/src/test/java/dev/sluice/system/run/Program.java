package dev.sluice.system.run;

import dev.sluice.testkit.process.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/** Runs installed programs, such as node, npm, python3 or helm. */
public final class Program {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private Program() {}

  public static boolean areInstalled(String... programs) {
    return Stream.of(programs).allMatch(program -> Commands.find(program).isPresent());
  }

  /** Runs a program and returns its output. Fails if its exit code is not 0. */
  public static String run(Path folder, Map<String, String> environment, String... command) {
    return run(folder, TIMEOUT, environment, command);
  }

  /** As {@link #run(Path, Map, String...)}, for a program that needs more time. */
  public static String run(
      Path folder, Duration timeout, Map<String, String> environment, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    return Commands.run(builder, timeout).orThrow();
  }
}
