package dev.sluice.system.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testkit.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that {@code ./sluice dev} trains both applications in the background, and that the next
 * start is faster.
 */
@Tag("long")
class TrainingIT {
  private static final Duration TRAINING_TIMEOUT = Duration.ofMinutes(5);

  @BeforeAll
  static void requireJdk() {
    AotCache.assumeSupported();
  }

  @Test
  void firstStartTrainsBothApplicationsAndTheNextOneUsesTheCaches(@TempDir Path folder)
      throws IOException {
    AotCache worker = AotCache.of("worker");
    AotCache producer = AotCache.of("producer");
    worker.delete();
    producer.delete();
    try (RunningSluice first =
        RunningSluice.start(folder.resolve("first"), Map.of("SLUICE_TRAINING", "on"))) {
      assertThat(AotCache.isUsedBy(first, "worker-1")).isFalse();
      await().atMost(TRAINING_TIMEOUT).until(() -> worker.exists() && producer.exists());
    }

    try (RunningSluice next =
        RunningSluice.start(folder.resolve("next"), Map.of("SLUICE_TRAINING", "on"))) {
      assertThat(AotCache.isUsedBy(next, "worker-1")).isTrue();
      assertThat(AotCache.isUsedBy(next, "producer")).isTrue();
      assertThat(next.processes()).doesNotContainKey("training");
    }
  }
}
