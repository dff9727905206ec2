package dev.sluice.producer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.health.contributor.Status;

class LoopWatchdogTest {
  private final AtomicLong nanoTime = new AtomicLong();
  private final LoopWatch feed = new LoopWatch("feed-mini", /* movesTasks= */ true, nanoTime::get);
  private final LoopWatch other = new LoopWatch("overview", /* movesTasks= */ false, nanoTime::get);
  private final LoopWatchdog watchdog = watchdog();

  @Test
  void loopIsStalledAfterThirtySecondsWithoutProgress() {
    feed.started();
    pass(30);
    assertThat(watchdog.stalled()).isEmpty();

    pass(1);
    assertThat(watchdog.stalled())
        .containsExactly(
            new LoopWatchdog.Stalled(
                "feed-mini",
                Duration.ofSeconds(31),
                /* movesTasks= */ true,
                /* unreachable= */ false));
  }

  @Test
  void producerIsNotReadyWhileALoopThatMovesTasksIsStalled() {
    LoopHealth health = new LoopHealth(watchdog);
    other.started();
    pass(100);
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);

    feed.started();
    pass(40);
    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.health().getDetails().toString()).contains("feed-mini=40");

    feed.failed(/* noConnection= */ true); // requests say themselves that the database is away
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    feed.finished();
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void metricsShowEachLoop() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    watchdog.bindTo(registry);
    feed.started();
    pass(12);
    other.started();
    other.failed(/* noConnection= */ false);

    assertThat(
            registry.get("sluice.loop.without.progress").tag("loop", "feed-mini").gauge().value())
        .isEqualTo(12);
    assertThat(
            registry.get("sluice.loop.failures").tag("loop", "overview").functionCounter().count())
        .isEqualTo(1);
  }

  private LoopWatchdog watchdog() {
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    Watched both = () -> List.of(feed, other);
    beans.addBean("both", both);
    return new LoopWatchdog(beans.getBeanProvider(Watched.class));
  }

  private void pass(long seconds) {
    nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
