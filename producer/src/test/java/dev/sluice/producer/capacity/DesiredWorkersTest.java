package dev.sluice.producer.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.producer.report.RouteStatus.Hold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DesiredWorkersTest {
  private final TestRoute route = new TestRoute().limit("requests", 600); // 3 workers saturate it

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0, 1, 1", "0, 8, 1", "7, 2, 2", "5000, 50, 3", "1000000, 1000, 3"})
  void theLesserOfBacklogAndWhatTheLimiterAdmits(long queued, long inBroker, long wanted) {
    route.inBroker = inBroker;

    assertThat(wanted(queued)).isEqualTo(wanted);
  }

  @Test
  void aRouteWithoutTasksWantsNobodyHoweverManyAreThere() {
    route.inBroker = 0L;
    route.workers = 3;

    assertThat(wanted(0)).isZero();
  }

  @Test
  void callsThatRunKeepTheirWorkersWhoeverSentThem() {
    route.inBroker = 0L;
    route.workers = 3;
    route.running = 15;
    route.waiting = 2;

    assertThat(wanted(0)).isEqualTo(3);
  }

  @Test
  void tasksThatCameToTheQueuePastTheProducerCountToo() {
    route.inBroker = 0L;

    assertThat(DesiredWorkers.of(route.view(), new Demand(0L, 12, 0), 3L)).isEqualTo(2);
  }

  @Test
  void callersWhomNobodyTakesWantOneMoreUpToTheLimit() {
    route.inBroker = 0L;

    assertThat(DesiredWorkers.of(route.view(), new Demand(0L, 0, 1), 3L)).isEqualTo(2);
    route.workers = 3;
    assertThat(DesiredWorkers.of(route.view(), new Demand(0L, 0, 4), 3L)).isEqualTo(3);
  }

  @Test
  void beforeTheFirstReplyOneWorkerFindsOut() {
    route.callMs = null;
    route.workers = 0;
    assertThat(route.plan().workersWanted()).isEqualTo(1);

    route.workers = 2;
    assertThat(wanted(5000)).isEqualTo(2);
  }

  @Test
  void withoutAnyLimitTheBacklogAloneCounts() {
    assertThat(new TestRoute().plan().workersWanted()).isEqualTo(7); // 50 tasks, 8 each
  }

  @ParameterizedTest
  @CsvSource({"by_hand, 0", "quota, 1", "key, 1", "model_gone, 1", "breaker, 1", "rate_limit, 3"})
  void aRouteThatRestsHasOnlyWhatFindsOutWhetherItIsOver(String kind, long wanted) {
    route.hold = new Hold(kind, "Because.", null, false);

    assertThat(wanted(5000)).isEqualTo(wanted);
  }

  @Test
  void whileTheDatabaseIsAwayNothingChanges() {
    route.queued = null;
    route.inBroker = null;
    route.workers = 2;

    assertThat(route.plan().workersWanted()).isEqualTo(2);
  }

  private long wanted(long takeable) {
    route.queued = takeable;
    return route.plan().workersWanted();
  }
}
