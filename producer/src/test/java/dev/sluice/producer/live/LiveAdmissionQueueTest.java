package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.report.RouteForecast.HeldRoute;
import dev.sluice.producer.report.RouteForecast.RouteAvailability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class LiveAdmissionQueueTest {
  private static final int MOST_WAITING = 10;

  private RouteAvailability routeAvailability = new RouteAvailability(1, 2, Optional.empty());
  private final LiveAdmissionQueue liveAdmissionQueue =
      new LiveAdmissionQueue(
          TestCalls.ROUTE,
          route -> routeAvailability,
          new LiveSettings(
              Duration.ofMinutes(1),
              MOST_WAITING,
              DataSize.ofMegabytes(1),
              DataSize.ofMegabytes(1)));

  @Test
  void aKeyThatFloodsTheRouteDoesNotHoldUpAnother() throws Exception {
    List<LiveCall> flood = enter("loud", "s", 6);
    List<LiveCall> other = enter("quiet", "s", 1);

    assertThat(turns(flood)).as("two ahead of the one worker").isEqualTo(2);
    claim(flood.get(0));
    claim(flood.get(1));

    assertThat(turns(other)).isEqualTo(1);
  }

  @Test
  void aStepThatExplodesDoesNotHoldUpAnother() throws Exception {
    List<LiveCall> explodes = enter("key", "write", 6);
    List<LiveCall> other = enter("key", "plan", 1);

    claim(explodes.get(0));
    claim(explodes.get(1));

    assertThat(turns(other)).isEqualTo(1);
  }

  @Test
  void aKeyWithAShareOfOneHasOneCallInHand() throws Exception {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LiveCall call = TestCalls.call("key", "s", new KeyLimits(1, 0));
      liveAdmissionQueue.enqueue(call);
      calls.add(call);
    }
    claim(calls.get(0));
    assertThat(turns(calls)).isEqualTo(1);

    liveAdmissionQueue.remove(calls.get(0));

    assertThat(turns(calls)).isEqualTo(1);
  }

  @Test
  void aKeyWithSoManyCallsAMinuteHasThemEvenly() throws Exception {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      LiveCall call = TestCalls.call("key", "s", new KeyLimits(0, 1));
      liveAdmissionQueue.enqueue(call);
      calls.add(call);
    }
    claim(calls.get(0));
    liveAdmissionQueue.dispatch();

    assertThat(turns(calls)).isEqualTo(1);
  }

  @Test
  void whoHangsUpMakesRoomAndIsNeverSent() throws Exception {
    List<LiveCall> calls = enter("key", "s", 3);
    assertThat(liveAdmissionQueue.waiting()).isEqualTo(3);

    liveAdmissionQueue.remove(calls.get(2));
    liveAdmissionQueue.remove(calls.get(0));
    liveAdmissionQueue.remove(calls.get(1));

    assertThat(liveAdmissionQueue.waiting()).isZero();
    assertThat(turns(calls.subList(2, 3))).isZero();
    assertThat(turns(enter("key", "s", 2))).isEqualTo(2);
  }

  @Test
  void whoComesWhenTooManyWaitIsToldATimeOfHisOwn() {
    enter("key", "s", MOST_WAITING);
    List<Long> told = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(
              () -> liveAdmissionQueue.enqueue(TestCalls.call("other", "s", KeyLimits.ALL)))
          .isInstanceOfSatisfying(
              ApiException.class,
              refused -> told.add(Long.parseLong(refused.headers().get("retry-after"))));
    }

    assertThat(told).as("two places a second become free").containsExactly(1L, 1L, 2L, 2L);
  }

  @Test
  void aRouteWithoutQuotaTurnsAwayWhoComesAndWhoWaits() {
    routeAvailability =
        new RouteAvailability(1, 2, Optional.of(new HeldRoute("quota", "no quota", Instant.EPOCH)));

    assertThatThrownBy(() -> liveAdmissionQueue.enqueue(TestCalls.call("key", "s", KeyLimits.ALL)))
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> assertThat(refused.body().error().code()).isEqualTo("insufficient_quota"));
    assertThatThrownBy(liveAdmissionQueue::checkOpen).isInstanceOf(ApiException.class);
    assertThat(liveAdmissionQueue.waiting()).isZero();
  }

  private List<LiveCall> enter(String key, String step, int count) {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LiveCall call = TestCalls.call(key, step, KeyLimits.ALL);
      liveAdmissionQueue.enqueue(call);
      calls.add(call);
    }
    return calls;
  }

  private void claim(LiveCall call) {
    assertThat(call.claim(new LiveMessage.Claim(call.id(), "worker", "queue"))).isTrue();
    liveAdmissionQueue.claimed(call);
  }

  /** How many of them got their turn since this was last asked. */
  private static int turns(List<LiveCall> calls) throws InterruptedException {
    int turns = 0;
    for (LiveCall call : calls) {
      turns += call.next(Duration.ofMillis(1)) instanceof LiveCall.Event.Dispatched ? 1 : 0;
    }
    return turns;
  }
}
