package dev.sluice.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TaskMemoryTest {
  private static final int MIB = 1024 * 1024;
  private final TaskMemory memory = new TaskMemory(12L * MIB);
  private final CountDownLatch firstEnds = new CountDownLatch(1);
  private final CountDownLatch firstRuns = new CountDownLatch(1);

  @Test
  void largeTaskWaitsForAnotherAndSmallOneDoesNot() throws InterruptedException {
    Thread first = Thread.startVirtualThread(() -> memory.run(2 * MIB, this::waitForEnd));
    firstRuns.await();
    AtomicBoolean secondRan = new AtomicBoolean();
    Thread second = Thread.startVirtualThread(() -> memory.run(2 * MIB, () -> secondRan.set(true)));
    await().until(() -> second.getState() == Thread.State.WAITING);
    AtomicBoolean smallRan = new AtomicBoolean();
    memory.run(1000, () -> smallRan.set(true));
    assertThat(smallRan).isTrue();
    assertThat(secondRan).isFalse();

    firstEnds.countDown();
    first.join();
    second.join();
    assertThat(secondRan).isTrue();
  }

  @Test
  void taskAboveTheLimitRunsAlone() {
    AtomicBoolean ran = new AtomicBoolean();
    memory.run(8 * MIB, () -> ran.set(true));
    assertThat(ran).isTrue();
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
