package dev.sluice.producer.infrastructure.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopWatchTest {
  private final AtomicLong nanoTime = new AtomicLong();
  private final LoopWatch watch = new LoopWatch("test", /* movesTasks= */ true, nanoTime::get);

  @Test
  void waitingLoopIsNeverWithoutProgress() {
    watch.started();
    advance(10);
    watch.finished();
    advance(1_000);

    assertThat(watch.withoutProgress()).isZero();
  }

  @Test
  void runningRoundCountsFromItsLastProgress() {
    watch.started();
    advance(20);
    assertThat(watch.withoutProgress()).isEqualTo(Duration.ofSeconds(20));

    LoopWatch.progress();
    advance(5);
    assertThat(watch.withoutProgress()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void failingRoundsCountFromTheFirstOne() {
    watch.started();
    advance(5);
    watch.failed(/* noConnection= */ false);
    advance(1);
    watch.started();
    advance(5);
    watch.failed(/* noConnection= */ true);
    advance(1);

    assertThat(watch.withoutProgress()).isEqualTo(Duration.ofSeconds(12));
    assertThat(watch.failures()).isEqualTo(2);
    assertThat(watch.isUnreachable()).isTrue();

    watch.started();
    watch.finished();
    assertThat(watch.withoutProgress()).isZero();
    assertThat(watch.isUnreachable()).isFalse();
  }

  @Test
  void progressOutsideOfARoundHasNoEffect() {
    watch.started();
    watch.finished();
    LoopWatch.progress();

    assertThat(watch.withoutProgress()).isZero();
  }

  private void advance(long seconds) {
    nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
