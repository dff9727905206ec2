package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.RouteBacklogs.ProjectBacklog;
import dev.sluice.producer.store.RouteBacklogs.RouteBacklog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrowdingDetectorTest {
  private static final int CONSUMERS = 40;

  private final CrowdingDetector detector = new CrowdingDetector();
  private long now;
  private long published;

  @Test
  void beforeTheFirstSampleNoProjectCrowds() {
    assertThat(detect(1_000).isEmpty()).isTrue();
  }

  @Test
  void theDepthIsTwoSecondsOfFinishedTasks() {
    for (int second = 0; second < 30; second++) {
      sample(500, 300);
    }
    assertThat(detector.depth()).isEqualTo(600);
    assertThat(detect(1_800).isEmpty()).isTrue();
    assertThat(detect(1_801).delays()).containsOnlyKeys("large");
  }

  @Test
  void deliveriesOfTasksThatDoNotFinishAreNoWork() {
    for (int second = 0; second < 30; second++) {
      sample(900, 0);
    }
    assertThat(detector.depth()).isEqualTo(2 * CONSUMERS);
    assertThat(detect(900).delays()).containsOnlyKeys("large");
  }

  @Test
  void aCrowdingProjectCrowdsUntilItHasNoMoreThanTwiceTheDepth() {
    sample(900, 0);
    assertThat(detect(241).delays()).containsOnlyKeys("large");
    assertThat(detect(161).delays()).containsOnlyKeys("large");
    assertThat(detect(160).isEmpty()).isTrue();
    assertThat(detect(240).isEmpty()).isTrue();
  }

  /** 300 tasks per second, and the ready tasks of two seconds and those at the consumers. */
  @Test
  void aLargeBatchThatStartsDoesNotCrowd() {
    sample(0, 0);
    sample(600 + CONSUMERS, 600 + CONSUMERS + 300);
    assertThat(detect(600 + CONSUMERS).isEmpty()).isTrue();
  }

  /** One second later the same number of tasks is in the broker, and some have finished. */
  private void sample(int inBroker, int finished) {
    now += Duration.ofSeconds(1).toNanos();
    published += finished;
    detector.sample(inBroker, published, CONSUMERS, now);
  }

  private CrowdingProjects detect(int inBroker) {
    return detector.detect(
        new RouteBacklog(
            0,
            inBroker,
            0,
            true,
            true,
            false,
            false,
            List.of(
                new ProjectBacklog("large", inBroker, true), new ProjectBacklog("small", 1, true))),
        now);
  }
}
