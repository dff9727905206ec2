package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskMemoryLimiterTest {
  private static final int MIB = 1024 * 1024;
  private static final Duration NO_WAIT = Duration.ZERO;
  private final CountDownLatch firstEnds = new CountDownLatch(1);
  private final CountDownLatch firstRuns = new CountDownLatch(1);
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private Thread first = Thread.ofVirtual().unstarted(() -> {});
  private TaskMemoryLimiter memory = new TaskMemoryLimiter(12L * MIB, Duration.ofMinutes(1));

  @AfterEach
  void end() throws InterruptedException {
    firstEnds.countDown();
    first.join();
  }

  @Test
  void largeTaskWaitsForAnotherAndSmallOneDoesNot() throws InterruptedException {
    runFirst(2 * MIB);
    Thread second = startWaiting(2 * MIB, "second");
    assertThat(memory.tryRun(1000, () -> ran.add("small"))).isTrue();
    assertThat(ran).containsExactly("small");

    firstEnds.countDown();
    second.join();
    assertThat(ran).containsExactly("small", "second");
  }

  @Test
  void smallTaskFitsBesideOneAboveTheLimit() throws InterruptedException {
    runFirst(8 * MIB);
    assertThat(memory.tryRun(64 * 1024, () -> ran.add("small"))).isTrue();
    assertThat(ran).containsExactly("small");
  }

  @Test
  void laterTasksDoNotOvertakeLargeOne() throws InterruptedException {
    runFirst(MIB);
    Thread second = startWaiting(2 * MIB, "large");
    Thread third = startWaiting(MIB, "later");
    assertThat(ran).isEmpty();

    firstEnds.countDown();
    second.join();
    third.join();
    assertThat(ran).containsExactly("large", "later");
  }

  @Test
  void taskWithoutMemoryDoesNotRunAfterTheTimeout() throws InterruptedException {
    memory = new TaskMemoryLimiter(12L * MIB, NO_WAIT);
    runFirst(2 * MIB);
    assertThat(memory.tryRun(2 * MIB, () -> ran.add("second"))).isFalse();
    assertThat(ran).isEmpty();

    end();
    assertThat(memory.tryRun(2 * MIB, () -> ran.add("second"))).isTrue();
  }

  private void runFirst(int bytes) throws InterruptedException {
    first = Thread.startVirtualThread(() -> memory.tryRun(bytes, this::waitForEnd));
    firstRuns.await();
  }

  private Thread startWaiting(int bytes, String name) {
    Thread thread = Thread.startVirtualThread(() -> memory.tryRun(bytes, () -> ran.add(name)));
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return thread;
  }

  private void waitForEnd() {
    firstRuns.countDown();
    try {
      firstEnds.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
