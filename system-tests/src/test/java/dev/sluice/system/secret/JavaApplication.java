package dev.sluice.system.secret;

import dev.sluice.testkit.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The command that starts the built producer or worker, without the launcher. */
final class JavaApplication {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private JavaApplication() {}

  /** Uses the AOT cache of the build if there is one, for a faster start. */
  static List<String> command(String module) {
    Path target = Checkout.root().resolve(module).resolve("target");
    Path cache = target.resolve("app/app.aot");
    return Files.exists(cache)
        ? java("-XX:AOTCache=" + cache, "-jar", target.resolve("app/app.jar").toString())
        : java("-jar", executableJar(target).toString());
  }

  private static List<String> java(String... arguments) {
    return Stream.concat(
            Stream.of(JAVA, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable"),
            Stream.of(arguments))
        .toList();
  }

  private static Path executableJar(Path target) {
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-exec.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no packaged application in " + target));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
