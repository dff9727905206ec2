package dev.sluice.producer.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.live.LiveMessage;
import dev.sluice.producer.access.KeyLimits;
import dev.sluice.producer.route.report.RouteForecast.HeldRoute;
import dev.sluice.producer.route.report.RouteForecast.RouteAvailability;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class LiveAdmissionQueueTest {
  private static final int MAX_WAITING = 10;

  private RouteAvailability availability = new RouteAvailability(1, 2, Optional.empty());
  private final KeyLimiter limiter = new KeyLimiter();
  private final LiveAdmissionQueue queue = queue(TestCalls.ROUTE);

  @Test
  void floodingKeyDoesNotDelayOtherKeys() throws Exception {
    List<LiveCall> flood = enqueue("flooding", "s", 6);
    List<LiveCall> other = enqueue("other", "s", 1);

    assertThat(dispatched(flood)).as("two unclaimed calls for one worker").isEqualTo(2);
    claim(flood.get(0));
    claim(flood.get(1));

    assertThat(dispatched(other)).isEqualTo(1);
  }

  @Test
  void floodingStepDoesNotDelayOtherSteps() throws Exception {
    List<LiveCall> flood = enqueue("key", "write", 6);
    List<LiveCall> other = enqueue("key", "plan", 1);

    claim(flood.get(0));
    claim(flood.get(1));

    assertThat(dispatched(other)).isEqualTo(1);
  }

  @Test
  void concurrencyLimitOfOneAllowsOneCallInFlight() throws Exception {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LiveCall call = TestCalls.call("key", "s", new KeyLimits(1, 0));
      queue.enqueue(call);
      calls.add(call);
    }
    claim(calls.get(0));
    assertThat(dispatched(calls)).isEqualTo(1);

    queue.remove(calls.get(0));

    assertThat(dispatched(calls)).isEqualTo(1);
  }

  @Test
  void concurrencyLimitOfAKeyAppliesToAllRoutesTogether() throws Exception {
    LiveAdmissionQueue otherRoute = queue("large");
    LiveCall first = TestCalls.call("key", "s", new KeyLimits(1, 0));
    LiveCall second = TestCalls.call("key", "s", new KeyLimits(1, 0));
    queue.enqueue(first);
    otherRoute.enqueue(second);
    claim(first);
    otherRoute.dispatch();
    assertThat(dispatched(List.of(second))).isZero();

    queue.remove(first);
    otherRoute.dispatch();

    assertThat(dispatched(List.of(second))).isEqualTo(1);
  }

  @Test
  void requestsPerMinuteLimitSpacesCallsEvenly() throws Exception {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      LiveCall call = TestCalls.call("key", "s", new KeyLimits(0, 1));
      queue.enqueue(call);
      calls.add(call);
    }
    claim(calls.get(0));
    queue.dispatch();

    assertThat(dispatched(calls)).isEqualTo(1);
  }

  @Test
  void disconnectedCallersFreeTheirPlacesAndAreNeverSent() throws Exception {
    List<LiveCall> calls = enqueue("key", "s", 3);
    assertThat(queue.waiting()).isEqualTo(3);

    queue.remove(calls.get(2));
    queue.remove(calls.get(0));
    queue.remove(calls.get(1));

    assertThat(queue.waiting()).isZero();
    assertThat(dispatched(calls.subList(2, 3))).isZero();
    assertThat(dispatched(enqueue("key", "s", 2))).isEqualTo(2);
  }

  @Test
  void rejectedCallersGetStaggeredRetryAfter() {
    enqueue("key", "s", MAX_WAITING);
    List<Long> retryAfter = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(() -> queue.enqueue(TestCalls.call("other", "s", KeyLimits.NONE)))
          .isInstanceOfSatisfying(
              ApiException.class,
              rejected -> retryAfter.add(Long.parseLong(rejected.headers().get("retry-after"))));
    }

    assertThat(retryAfter).as("seconds, at two calls per second").containsExactly(1L, 1L, 2L, 2L);
  }

  @Test
  void routeWithoutQuotaRejectsNewAndWaitingCalls() {
    availability =
        new RouteAvailability(
            1, 2, Optional.of(new HeldRoute("quota", "no quota", Instant.EPOCH, List.of())));

    assertThatThrownBy(() -> queue.enqueue(TestCalls.call("key", "s", KeyLimits.NONE)))
        .isInstanceOfSatisfying(
            ApiException.class,
            rejected -> assertThat(rejected.body().error().code()).isEqualTo("insufficient_quota"));
    assertThatThrownBy(() -> queue.checkOpen(TestCalls.call("key", "s", KeyLimits.NONE)))
        .isInstanceOf(ApiException.class);
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void holdOfOneCallerRejectsOnlyItsCalls() {
    LiveCall held = TestCalls.call("key", "s", KeyLimits.NONE);
    availability =
        new RouteAvailability(
            1,
            2,
            Optional.of(
                new HeldRoute("api_key", "bad key", Instant.EPOCH, List.of(held.source()))));

    assertThatThrownBy(() -> queue.enqueue(held)).isInstanceOf(ApiException.class);
    queue.enqueue(TestCalls.call("other", "s", KeyLimits.NONE));

    assertThat(queue.waiting()).isEqualTo(1);
  }

  private LiveAdmissionQueue queue(String routeName) {
    return new LiveAdmissionQueue(
        routeName,
        route -> availability,
        new LiveSettings(
            Duration.ofMinutes(1), MAX_WAITING, DataSize.ofMegabytes(1), DataSize.ofMegabytes(1)),
        limiter);
  }

  private List<LiveCall> enqueue(String key, String step, int count) {
    List<LiveCall> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LiveCall call = TestCalls.call(key, step, KeyLimits.NONE);
      queue.enqueue(call);
      calls.add(call);
    }
    return calls;
  }

  private void claim(LiveCall call) {
    assertThat(call.claim(new LiveMessage.Claim(call.id(), "worker", "queue"))).isTrue();
    queue.onClaimed(call);
  }

  /** Returns how many of them were dispatched since the last query. */
  private static int dispatched(List<LiveCall> calls) throws InterruptedException {
    int dispatched = 0;
    for (LiveCall call : calls) {
      dispatched += call.next(Duration.ofMillis(1)) instanceof LiveCall.Event.Dispatched ? 1 : 0;
    }
    return dispatched;
  }
}
