package dev.sluice.system.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests starts with the AOT caches of the build, and with a damaged cache. */
@Tag("alone")
@Tag("packaging")
class TrainedStartIT {

  @BeforeAll
  static void requireCaches() {
    AotCache.assumeSupported();
    assumeTrue(
        AotCache.of("worker").exists() && AotCache.of("producer").exists(),
        "the build created no AOT caches");
  }

  @Test
  void startUsesTheCachesOfBothApplicationsAndTrainsNoMore(@TempDir Path folder)
      throws IOException {
    try (RunningSluice sluice = RunningSluice.start(folder)) {
      assertThat(AotCache.isUsedBy(sluice, "worker-1")).isTrue();
      assertThat(AotCache.isUsedBy(sluice, "producer")).isTrue();
      assertThat(sluice.processes()).doesNotContainKey("training");
    }
  }

  @Test
  void damagedCacheAndCacheOfAnotherJdkAreIgnored(@TempDir Path folder) throws IOException {
    AotCache worker = AotCache.of("worker");
    AotCache producer = AotCache.of("producer");
    byte[] cache = Files.readAllBytes(worker.cache());
    byte[] jdk = Files.readAllBytes(producer.jdk());
    try {
      Files.writeString(worker.cache(), "damaged");
      Files.writeString(producer.jdk(), "another JDK");
      try (RunningSluice sluice = RunningSluice.start(folder)) {
        assertThat(AotCache.isUsedBy(sluice, "worker-1")).isFalse();
        assertThat(AotCache.isUsedBy(sluice, "producer")).isFalse();
      }
    } finally {
      Files.write(worker.cache(), cache);
      Files.write(producer.jdk(), jdk);
    }
  }
}
