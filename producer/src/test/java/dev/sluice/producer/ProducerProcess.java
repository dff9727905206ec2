package dev.sluice.producer;

import dev.sluice.testkit.process.ChildProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A producer in a separate process, with one route whose provider is unreachable. */
final class ProducerProcess {
  private ProducerProcess() {}

  /**
   * Starts the process.
   *
   * @param output the file for its standard output and error
   * @param jvmOptions further options of its JVM
   * @param settings command-line arguments
   */
  static ChildProcess start(Path output, List<String> jvmOptions, String... settings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ProducerApplication.class.getName(),
            "--sluice.routes[0].name=" + RunningProducer.ROUTE,
            "--sluice.routes[0].provider.url=http://127.0.0.1:9/v1"));
    command.addAll(List.of(settings));
    return ChildProcess.start(output, Map.of(), command);
  }
}
