package dev.sluice.testkit.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Installed programs. */
public final class Commands {
  private Commands() {}

  /** The program of this name in a folder of {@code PATH}. */
  public static Optional<Path> find(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a command without input and waits for its end. */
  public static Checkout.RunResult run(ProcessBuilder command, Duration timeout) {
    try {
      Path out = Files.createTempFile("sluice-test", ".out");
      Path err = Files.createTempFile("sluice-test", ".err");
      Process process =
          command
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy();
        throw new IllegalStateException(
            "%s did not finish within %s: %s"
                .formatted(String.join(" ", command.command()), timeout, Files.readString(err)));
      }
      Checkout.RunResult result =
          new Checkout.RunResult(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }
}
