package dev.sluice.producer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A producer in a separate process, with one route whose provider is unreachable. */
record ProducerProcess(Process process, Path output) implements AutoCloseable {
  private static final int STOP_TIMEOUT_SECONDS = 30;

  /**
   * Starts the process.
   *
   * @param output the file for its standard output and error
   * @param settings command-line arguments
   */
  static ProducerProcess start(Path output, String... settings) throws IOException {
    return start(output, List.of(), settings);
  }

  /** Starts the process with further options of its JVM. */
  static ProducerProcess start(Path output, List<String> jvmOptions, String... settings)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ProducerApplication.class.getName(),
                "--sluice.routes[0].name=" + RunningProducer.ROUTE,
                "--sluice.routes[0].provider.url=http://127.0.0.1:9/v1"));
    command.addAll(1, jvmOptions);
    command.addAll(List.of(settings));
    return new ProducerProcess(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output);
  }

  /** The lines that it has printed so far. */
  List<String> printed() throws IOException {
    return Files.readAllLines(output);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stopped) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
