package dev.sluice.system.startup;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.process.Checkout;
import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The AOT cache of an application, in the build that runs the tests.
 *
 * @param cache the file that the JVM maps
 * @param jdk the file that names the JDK of the cache
 */
record AotCache(Path cache, Path jdk) {
  private static final int FIRST_JDK = 25;

  static void assumeSupported() {
    assumeTrue(Runtime.version().feature() >= FIRST_JDK, "AOT caches need JDK 25 or newer");
  }

  static AotCache of(String module) {
    Path folder = Checkout.root().resolve(module).resolve("target/app");
    return new AotCache(folder.resolve("app.aot"), folder.resolve("app.jdk"));
  }

  boolean exists() {
    return Files.exists(cache) && Files.exists(jdk);
  }

  void delete() throws IOException {
    Files.deleteIfExists(cache);
    Files.deleteIfExists(jdk);
  }

  static boolean isUsedBy(RunningSluice sluice, String process) throws IOException {
    String pid = Objects.requireNonNull(sluice.processes().get(process)).toString();
    return Files.readString(Path.of("/proc", pid, "maps")).contains("app.aot");
  }
}
