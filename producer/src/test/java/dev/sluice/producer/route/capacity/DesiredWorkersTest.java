package dev.sluice.producer.route.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.route.RouteStatus.Hold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DesiredWorkersTest {
  private final TestRoute route = new TestRoute().limit("requests", 600); // 3 workers saturate it

  @ParameterizedTest
  @CsvSource({"0, 0, 0", "0, 1, 1", "0, 8, 1", "7, 2, 2", "5000, 50, 3", "1000000, 1000, 3"})
  void smallerOfBacklogAndRateLimitWins(long queued, long inBroker, long desired) {
    route.inBroker = inBroker;

    assertThat(desired(queued)).isEqualTo(desired);
  }

  @Test
  void routeWithoutTasksNeedsNoWorkers() {
    route.inBroker = 0L;
    route.workers = 3;

    assertThat(desired(0)).isZero();
  }

  @Test
  void runningCallsKeepTheirWorkers() {
    route.inBroker = 0L;
    route.workers = 3;
    route.running = 15;
    route.waiting = 2;

    assertThat(desired(0)).isEqualTo(3);
  }

  @Test
  void tasksPublishedDirectlyToTheBrokerCount() {
    route.inBroker = 0L;

    assertThat(DesiredWorkers.of(route.status(), new Demand(0L, 12, 0), 3L)).isEqualTo(2);
  }

  @Test
  void unservedLiveCallsAddOneWorkerUpToTheLimit() {
    route.inBroker = 0L;

    assertThat(DesiredWorkers.of(route.status(), new Demand(0L, 0, 1), 3L)).isEqualTo(2);
    route.workers = 3;
    assertThat(DesiredWorkers.of(route.status(), new Demand(0L, 0, 4), 3L)).isEqualTo(3);
  }

  @Test
  void oneWorkerIsEnoughBeforeTheFirstReply() {
    route.avgLatencyMs = null;
    route.workers = 0;
    assertThat(route.plan().workersDesired()).isEqualTo(1);

    route.workers = 2;
    assertThat(desired(5000)).isEqualTo(2);
  }

  @Test
  void backlogAloneCountsWithoutLimits() {
    assertThat(new TestRoute().plan().workersDesired()).isEqualTo(7); // 50 tasks, 8 each
  }

  @ParameterizedTest
  @CsvSource({
    "manual, 0",
    "quota, 1",
    "api_key, 1",
    "model_not_found, 1",
    "breaker, 1",
    "rate_limit, 3"
  })
  void holdKindLimitsTheDesiredWorkers(String kind, long desired) {
    route.hold = new Hold(kind, "Because.", null, false);

    assertThat(desired(5000)).isEqualTo(desired);
  }

  @Test
  void numberOfWorkersStaysWhileTheDatabaseIsUnavailable() {
    route.queued = null;
    route.inBroker = null;
    route.workers = 2;

    assertThat(route.plan().workersDesired()).isEqualTo(2);
  }

  private long desired(long dispatchable) {
    route.queued = dispatchable;
    return route.plan().workersDesired();
  }
}
