package dev.sluice.producer.infrastructure.loop;

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
  private final LoopWatch dispatcher =
      new LoopWatch("dispatch-mini", /* movesTasks= */ true, nanoTime::get);
  private final LoopWatch other = new LoopWatch("overview", /* movesTasks= */ false, nanoTime::get);
  private final LoopWatchdog watchdog = watchdog();

  @Test
  void loopIsStalledAfterThirtySecondsWithoutProgress() {
    dispatcher.started();
    advance(30);
    assertThat(watchdog.stalled()).isEmpty();

    advance(1);
    assertThat(watchdog.stalled())
        .containsExactly(
            new LoopWatchdog.Stalled(
                "dispatch-mini",
                Duration.ofSeconds(31),
                /* movesTasks= */ true,
                /* unreachable= */ false));
  }

  @Test
  void producerIsNotReadyWhileALoopThatMovesTasksIsStalled() {
    LoopHealth health = new LoopHealth(watchdog);
    other.started();
    advance(100);
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);

    dispatcher.started();
    advance(40);
    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.health().getDetails().toString()).contains("dispatch-mini=40");

    dispatcher.failed(/* noConnection= */ true); // requests report the unreachable database
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    dispatcher.finished();
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void metricsShowEachLoop() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    watchdog.bindTo(registry);
    dispatcher.started();
    advance(12);
    other.started();
    other.failed(/* noConnection= */ false);

    assertThat(
            registry
                .get("sluice.loop.without.progress")
                .tag("loop", "dispatch-mini")
                .gauge()
                .value())
        .isEqualTo(12);
    assertThat(
            registry.get("sluice.loop.failures").tag("loop", "overview").functionCounter().count())
        .isEqualTo(1);
  }

  private LoopWatchdog watchdog() {
    StaticListableBeanFactory beans = new StaticListableBeanFactory();
    LoopWatchSource watched = () -> List.of(dispatcher, other);
    beans.addBean("watched", watched);
    return new LoopWatchdog(beans.getBeanProvider(LoopWatchSource.class));
  }

  private void advance(long seconds) {
    nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
