package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueDepthTargetTest {
  private final QueueDepthTarget tasks = new QueueDepthTarget();
  private long published;
  private long now;

  @Test
  void queueWithoutConsumersHolds100Tasks() {
    assertThat(missing(0, 0)).isEqualTo(100);
    assertThat(missing(100, 0)).isZero();
  }

  @Test
  void slowConsumersGetTwoTasksEach() {
    assertThat(missing(0, 8)).isEqualTo(16);
    published += 16;
    for (int second = 0; second < 10; second++) {
      assertThat(missing(15, 8)).isEqualTo(1);
      published++;
    }
  }

  @Test
  void fastConsumersGetTwoSecondsOfWork() {
    missing(0, 8);
    published += 300;
    missing(100, 8); // consumed 200 in this second
    assertThat(missing(100, 8)).isBetween(140, 150); // consumed none; the rate decays slowly
    published += 300;
    assertThat(missing(200, 8)).isEqualTo(200);
  }

  @Test
  void emptyQueueGrowsWithEachSample() {
    missing(0, 4);
    int added = 8;
    for (int sample = 0; sample < 5; sample++) {
      published += added;
      now += Duration.ofMillis(200).toNanos();
      int next = tasks.next(0, 4, published, now);
      assertThat(next).isGreaterThanOrEqualTo(9 * added);
      added = next;
    }
  }

  @Test
  void samplesInQuickSuccessionChangeNothing() {
    missing(0, 4);
    published += 8;
    now += Duration.ofMillis(1).toNanos();
    assertThat(tasks.next(0, 4, published, now)).isEqualTo(8);
  }

  /** Samples one second after the last sample. */
  private int missing(int ready, int consumers) {
    now += Duration.ofSeconds(1).toNanos();
    return Math.max(0, tasks.next(ready, consumers, published, now) - ready);
  }
}
