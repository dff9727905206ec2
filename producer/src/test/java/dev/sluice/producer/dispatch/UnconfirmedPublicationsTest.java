package dev.sluice.producer.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.store.Publications;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UnconfirmedPublicationsTest {
  private final UnconfirmedPublications observed =
      new UnconfirmedPublications(Duration.ofSeconds(30));
  private final Publications.Publication publication =
      new Publications.Publication(UUID.randomUUID(), "route", List.of(UUID.randomUUID()));

  @Test
  void publicationThatMayBeInTheQueueIsNeverLost() {
    assertThat(isLost(100, 40, 0)).isFalse();
    assertThat(isLost(100, 1, 60)).isFalse();
    assertThat(isLost(100, 1, 3600)).isFalse();
    assertThat(isLost(150, 51, 7200)).isFalse();
  }

  @Test
  void publicationIsLostIfItHasNoOutcomeInTimeAfterItHasLeftTheQueue() {
    assertThat(isLost(100, 40, 0)).isFalse();
    assertThat(isLost(100, 0, 1)).isFalse();
    assertThat(isLost(100, 0, 30)).isFalse();
    assertThat(isLost(100, 0, 31)).isTrue();
  }

  @Test
  void tasksThatWereConfirmedLaterAreBehindIt() {
    assertThat(isLost(100, 40, 0)).isFalse();
    assertThat(isLost(140, 41, 1)).isFalse();
    assertThat(isLost(180, 80, 2)).isFalse();
    assertThat(isLost(180, 80, 32)).isTrue();
  }

  @Test
  void scanChangesTheOrderAndRestartsTheObservation() {
    assertThat(isLost(100, 40, 0)).isFalse();
    assertThat(isLost(counters(140, 1), 40, 1)).isFalse();
    assertThat(isLost(counters(140, 1), 40, 2)).isFalse();
    assertThat(isLost(counters(140, 1), 40, 60)).isFalse();
    assertThat(isLost(counters(140, 1), 0, 61)).isFalse();
    assertThat(isLost(counters(140, 2), 0, 91)).isTrue();
  }

  @Test
  void observationStartsAgainForEachPublication() {
    assertThat(observed.isNew(List.of(publication))).isTrue();
    isLost(100, 0, 0);
    isLost(100, 0, 1);
    assertThat(observed.isNew(List.of(publication))).isFalse();
    assertThat(observed.lost(List.of(), counters(100, 0), 0, 0)).isEmpty();
    assertThat(observed.isNew(List.of(publication))).isTrue();
    assertThat(isLost(100, 0, 60)).isFalse();
  }

  private boolean isLost(long confirmed, long ready, long second) {
    return isLost(counters(confirmed, 0), ready, second);
  }

  private boolean isLost(Publications.DispatchCounters counters, long ready, long second) {
    return observed
        .lost(List.of(publication), counters, ready, Duration.ofSeconds(second).toNanos())
        .contains(publication);
  }

  private static Publications.DispatchCounters counters(long confirmed, long scans) {
    return new Publications.DispatchCounters(confirmed, scans);
  }
}
