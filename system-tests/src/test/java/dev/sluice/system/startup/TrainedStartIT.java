package dev.sluice.system.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.system.run.Checkout;
import dev.sluice.system.run.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The AOT caches that {@code ./sluice dev} makes in the background. */
@TestMethodOrder(OrderAnnotation.class)
class TrainedStartIT {
  private static final int FIRST_JDK = 25;
  private static final Duration LONGEST_TRAINING = Duration.ofMinutes(5);

  @BeforeAll
  static void needsANewJdk() {
    assumeTrue(Runtime.version().feature() >= FIRST_JDK, "AOT caches are made by JDK 25 and newer");
  }

  @Test
  @Order(1)
  void theFirstStartHasBothTrainedAndTheNextOneUsesIt(@TempDir Path folder) throws IOException {
    forget("worker");
    forget("producer");
    try (RunningSluice first = RunningSluice.start(folder.resolve("first"))) {
      assertThat(usesCache(first, "worker-1")).isFalse();
      await().atMost(LONGEST_TRAINING).until(() -> isTrained("worker") && isTrained("producer"));
    }

    try (RunningSluice next = RunningSluice.start(folder.resolve("next"))) {
      assertThat(usesCache(next, "worker-1")).isTrue();
      assertThat(usesCache(next, "producer")).isTrue();
      assertThat(next.processes()).doesNotContainKey("training");
    }
  }

  @Test
  @Order(2)
  void aCacheThatIsSpoiltDoesNotBreakAStart(@TempDir Path folder) throws IOException {
    Path cache = kept("worker", "aot");
    assertThat(cache).exists();
    Files.writeString(cache, "spoilt");
    try (RunningSluice sluice = RunningSluice.start(folder)) {
      assertThat(usesCache(sluice, "worker-1")).isFalse();
      assertThat(usesCache(sluice, "producer")).isTrue();
    } finally {
      forget("worker");
    }
  }

  @Test
  @Order(3)
  void theCacheOfAnotherJdkIsNotUsed(@TempDir Path folder) throws IOException {
    Path jdk = kept("producer", "jdk");
    assertThat(jdk).exists();
    Files.writeString(jdk, "another JDK");
    try (RunningSluice sluice = RunningSluice.start(folder)) {
      assertThat(usesCache(sluice, "producer")).isFalse();
    }
  }

  private static boolean usesCache(RunningSluice sluice, String process) throws IOException {
    String pid = Objects.requireNonNull(sluice.processes().get(process)).toString();
    return Files.readString(Path.of("/proc", pid, "maps")).contains("app.aot");
  }

  private static boolean isTrained(String module) {
    return Files.exists(kept(module, "aot")) && Files.exists(kept(module, "jdk"));
  }

  private static void forget(String module) throws IOException {
    for (String ending : List.of("aot", "jdk")) {
      Files.deleteIfExists(kept(module, ending));
    }
  }

  /** Beside the jar that the build has made which runs the tests. */
  private static Path kept(String module, String ending) {
    return Checkout.root().resolve(module).resolve("target/app/app." + ending);
  }
}
