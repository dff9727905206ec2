package dev.sluice.system.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs installed programs, such as node, npm, python3 or helm. */
public final class Program {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private Program() {}

  public static boolean areInstalled(String... programs) {
    return Stream.of(programs).allMatch(Program::isOnPath);
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Runs a program and returns its output. Fails if its exit code is not 0. */
  public static String run(Path folder, Map<String, String> environment, String... command)
      throws IOException {
    return run(folder, TIMEOUT, environment, command);
  }

  /** As {@link #run(Path, Map, String...)}, for a program that needs more time. */
  public static String run(
      Path folder, Duration timeout, Map<String, String> environment, String... command)
      throws IOException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
        process.destroy();
        throw new IllegalStateException(
            "%s failed: %s%s"
                .formatted(
                    String.join(" ", command), Files.readString(out), Files.readString(err)));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
    String output = Files.readString(out);
    Files.delete(out);
    Files.delete(err);
    return output;
  }
}
