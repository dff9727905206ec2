package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.RouteBacklogs.ProjectBacklog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CrowdingProjectsTest {
  private static final int DEPTH = 80;
  private static final int CONSUMERS = 40;

  @Test
  void aProjectAloneMayFillTheBroker() {
    assertThat(
            CrowdingProjects.of(
                List.of(new ProjectBacklog("retries", 1_000, true)), DEPTH, CONSUMERS, Set.of()))
        .isEqualTo(CrowdingProjects.NONE);
  }

  @Test
  void projectsThatFillTheQueueWithFirstAttemptsDoNotCrowdIt() {
    assertThat(
            CrowdingProjects.of(
                List.of(
                    new ProjectBacklog("bulk", 3 * DEPTH, true),
                    new ProjectBacklog("small", 0, true)),
                DEPTH,
                CONSUMERS,
                Set.of()))
        .isEqualTo(CrowdingProjects.NONE);
  }

  @Test
  void aProjectWithMoreThanThreeTimesTheTargetInTheBrokerCrowdsTheOthers() {
    CrowdingProjects crowding =
        CrowdingProjects.of(
            List.of(
                new ProjectBacklog("retries", 3 * DEPTH + 1, true),
                new ProjectBacklog("first", 30, true),
                new ProjectBacklog("second", 12, false),
                new ProjectBacklog("third", 1, false)),
            DEPTH,
            CONSUMERS,
            Set.of());
    assertThat(crowding.delays().keySet()).containsExactly("retries");
    assertThat(crowding.maxFraction()).isEqualTo(0.25);
    assertThat(crowding.othersInBroker()).isEqualTo(43);
    assertThat(crowding.othersReady()).isTrue();
  }

  @Test
  void itMayUseTheConsumersThatTheOthersDoNotNeed() {
    assertThat(maxFraction(40)).isEqualTo(0.5);
    assertThat(maxFraction(20)).isEqualTo(0.5);
    assertThat(maxFraction(10)).isEqualTo(0.75);
    assertThat(maxFraction(0)).as("a tenth stays free").isEqualTo(0.9);
  }

  private static double maxFraction(int othersInBroker) {
    return CrowdingProjects.of(
            List.of(
                new ProjectBacklog("retries", 500, false),
                new ProjectBacklog("others", othersInBroker, false)),
            DEPTH,
            CONSUMERS,
            Set.of())
        .maxFraction();
  }

  @Test
  void theQueuedTasksOfACrowdingProjectDoNotCountAsOthers() {
    CrowdingProjects crowding =
        CrowdingProjects.of(
            List.of(
                new ProjectBacklog("retries", 500, true), new ProjectBacklog("others", 10, false)),
            DEPTH,
            CONSUMERS,
            Set.of());
    assertThat(crowding.othersReady()).isFalse();
  }

  /** 40 tasks per second for two projects: 250 tasks take 12.5 s, 760 tasks 38 s. */
  @Test
  void tasksAreDelayedLongerTheMoreThereAre() {
    assertThat(delay(250)).isEqualTo(Duration.ofMillis(3_125));
    assertThat(delay(760)).isEqualTo(Duration.ofMillis(9_500));
    assertThat(delay(2_000)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void beforeTheFirstTargetNothingIsKnown() {
    assertThat(
            CrowdingProjects.of(
                List.of(new ProjectBacklog("a", 500, true), new ProjectBacklog("b", 5, true)),
                0,
                CONSUMERS,
                Set.of()))
        .isEqualTo(CrowdingProjects.NONE);
  }

  private static Duration delay(int inBroker) {
    Map<String, Duration> delays =
        CrowdingProjects.of(
                List.of(
                    new ProjectBacklog("retries", inBroker, false),
                    new ProjectBacklog("others", 1, true)),
                DEPTH,
                CONSUMERS,
                Set.of())
            .delays();
    return Objects.requireNonNull(delays.get("retries"));
  }
}
