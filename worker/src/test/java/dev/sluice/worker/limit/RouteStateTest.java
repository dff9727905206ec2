package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The holds of a route and of its sources, in virtual time. */
class RouteStateTest {
  private static final CallFeedback SUCCEEDED =
      new CallFeedback.Succeeded(null, AdvertisedLimits.UNKNOWN);
  private static final CallFeedback BAD_KEY =
      new CallFeedback.RouteUnavailable(HoldKind.API_KEY, "bad key", AdvertisedLimits.UNKNOWN);
  private static final CallFeedback TOO_FAST =
      new CallFeedback.Throttled(Duration.ofSeconds(10), null, AdvertisedLimits.UNKNOWN);
  private static final CallFeedback NO_CAPACITY =
      new CallFeedback.NoCapacity(AdvertisedLimits.UNKNOWN);
  private static final CallFeedback A_DAY =
      new CallFeedback.Throttled(Duration.ofDays(1), null, AdvertisedLimits.UNKNOWN);

  private long now = Duration.ofHours(1).toNanos();
  private final RouteSettings route = TestRoutes.route("r", Map.of());
  private final RouteState state =
      new RouteState(route, AccountRates.of(route, now), PeerWorkers.NONE, new Random(1), now);

  @Test
  void oneRejectedRequestHoldsNothing() {
    RouteHealth health = call("a1", BAD_KEY);

    assertThat(health).isEqualTo(RouteHealth.HEALTHY);
    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void aKeyThatIsRejectedForAllBatchesHoldsTheRouteUntilAnotherBatchProbes() {
    call("a1", BAD_KEY);
    RouteHealth health = call("b1", BAD_KEY);

    assertThat(health.outage()).isTrue();
    assertThat(hold().kind()).isEqualTo(HoldKind.API_KEY);
    assertThat(hold().partial()).isFalse();
    assertThat(stateOf("a2"))
        .as("makes room for others")
        .isInstanceOf(HoldAdmission.SourceHeld.class);
    assertThat(stateOf("c1")).as("probes at once").isInstanceOf(HoldAdmission.Probe.class);
    call("c1", BAD_KEY);
    assertThat(stateOf("c2")).isInstanceOf(HoldAdmission.SourceHeld.class);
    call("d1", SUCCEEDED);
    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void theDueProbeIsNoTaskOfABatchThatCausedTheHoldWhileOthersWait() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    now += Duration.ofMinutes(1).toNanos();

    assertThat(state.holdState(origin("a2"), List.of(origin("a2"), origin("c1")), now))
        .isInstanceOf(HoldAdmission.SourceHeld.class);
    assertThat(state.holdState(origin("a2"), List.of(origin("a2")), now))
        .isInstanceOf(HoldAdmission.Probe.class);
  }

  @Test
  void theBatchesOfOneProjectHoldNothingForAnotherAlsoInItsPeers() {
    state.holdState(origin("q1", "q"), List.of(), now);
    state.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.API_KEY,
            "bad key",
            Duration.ofSeconds(30),
            Map.of(),
            Set.of("a ", "b "),
            Set.of("p")),
        now);

    assertThat(hold().partial()).as("the peer has no calls of q").isTrue();
    assertThat(state.holdState(origin("a1", "p"), List.of(), now))
        .isInstanceOf(HoldAdmission.SourceHeld.class);
    assertThat(state.holdState(origin("q1", "q"), List.of(), now))
        .isInstanceOf(HoldAdmission.Open.class);
  }

  @Test
  void theRouteIsReleasedIfAPeersCallsOfAnotherProjectSucceed() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    state.onPeerAnnouncement(
        new HoldAnnouncement.SourceRelease(HoldKind.API_KEY, "bad key", Set.of("a ")), now);
    assertThat(hold().partial()).as("b may still show an outage").isFalse();

    state.onPeerAnnouncement(
        new HoldAnnouncement.SourceRelease(HoldKind.API_KEY, "bad key", Set.of("a ", "b ")), now);

    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void theSlowProbeOfABatchThatCausedTheHoldDoesNotDelayOthers() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    now += Duration.ofMinutes(1).toNanos();
    state.startProbe(origin("a2"), now);

    assertThat(stateOf("c1")).isInstanceOf(HoldAdmission.Probe.class);
    state.startProbe(origin("c1"), now);
    assertThat(stateOf("d1")).as("one probe at a time").isInstanceOf(HoldAdmission.Held.class);
  }

  @Test
  void aBatchThatAlwaysFailsIsHeldAloneUntilAnotherCallSucceeds() {
    for (int i = 0; i < 3; i++) {
      call("a" + i, BAD_KEY);
    }

    assertThat(hold().sources()).containsExactly("a ");
    assertThat(stateOf("a4")).isInstanceOf(HoldAdmission.SourceHeld.class);
    assertThat(stateOf("b1")).isInstanceOf(HoldAdmission.Open.class);
    call("b1", SUCCEEDED);
    assertThat(state.currentHold(now)).isNull();
    assertThat(call("a4", BAD_KEY).outage()).as("the attempt counts").isFalse();
    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void aWaitOfADayHoldsOnlyItsSourceAndIsProbedEveryFiveMinutes() {
    call("a1", A_DAY);

    assertThat(hold().kind()).isEqualTo(HoldKind.RATE_LIMIT);
    assertThat(hold().reason()).isEqualTo("the provider asks to wait 24 h");
    assertThat(hold().endsByProbe()).isTrue();
    assertThat(hold().remaining()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
    assertThat(stateOf("b1")).isInstanceOf(HoldAdmission.Open.class);
    call("b1", SUCCEEDED);
    assertThat(hold().sources()).as("may be the limit of one model").containsExactly("a ");

    now += Duration.ofMinutes(6).toNanos();
    assertThat(stateOf("a2")).isInstanceOf(HoldAdmission.Probe.class);
    call("a2", SUCCEEDED);
    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void aWaitOfADayOfTheWholeRouteIsReleasedManually() {
    call("a1", A_DAY);
    call("b1", A_DAY);
    assertThat(hold().partial()).isFalse();
    assertThat(hold().remaining()).isLessThan(Duration.ofMinutes(6));

    state.release(HoldKind.RATE_LIMIT, now);

    assertThat(state.currentHold(now)).isNull();
    assertThat(stateOf("a2")).isInstanceOf(HoldAdmission.Open.class);
  }

  @Test
  void theHoldOfAnEarlierWorkerForADayIsProbedAfterFiveMinutes() {
    state.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.RATE_LIMIT, "rate limit", Duration.ofDays(1), Map.of(), Set.of(), Set.of()),
        now);

    assertThat(hold().remaining()).isEqualTo(Duration.ofMinutes(5));
    now += Duration.ofMinutes(6).toNanos();
    assertThat(stateOf("a1")).isInstanceOf(HoldAdmission.Probe.class);
  }

  @Test
  void aSourceThatDidNotCauseAPeersHoldProbesAtOnce() {
    state.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.API_KEY,
            "bad key",
            Duration.ofSeconds(30),
            Map.of(),
            Set.of("a ", "b "),
            Set.of()),
        now);

    assertThat(stateOf("a1")).isInstanceOf(HoldAdmission.SourceHeld.class);
    assertThat(stateOf("c1")).isInstanceOf(HoldAdmission.Probe.class);
    assertThat(hold().sources()).as("the others are not rejected").containsExactly("a ", "b ");
  }

  @Test
  void aFailedProbeOfAReleasedHoldDoesNotHoldTheRouteAgain() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    @Nullable HoldProbe stale = state.startProbe(origin("c1"), now);
    state.release(HoldKind.API_KEY, now);

    end("c1", BAD_KEY, stale);

    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void aProbeOfAReleasedHoldDoesNotEndTheCountOfANewerProbe() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    @Nullable HoldProbe stale = state.startProbe(origin("a2"), now);
    state.release(HoldKind.API_KEY, now);
    call("a3", BAD_KEY);
    call("b2", BAD_KEY);
    now += Duration.ofMinutes(1).toNanos();
    state.startProbe(origin("b3"), now);

    end("a2", new CallFeedback.Abandoned(), stale);

    assertThat(hold().probing()).isTrue();
  }

  @Test
  void aFailedProbeOfAReleasedSourceDoesNotHoldItAgain() {
    call("a1", A_DAY);
    now += Duration.ofMinutes(6).toNanos();
    @Nullable HoldProbe stale = state.startProbe(origin("a2"), now);
    state.release(HoldKind.RATE_LIMIT, now);

    end("a2", BAD_KEY, stale);

    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void anEarlyProbeWaitsForTheRateLimitOfTheOneBefore() {
    call("a1", BAD_KEY);
    call("b1", BAD_KEY);
    call("c1", TOO_FAST);

    assertThat(hold().kind()).isEqualTo(HoldKind.API_KEY);
    assertThat(stateOf("c2"))
        .isEqualTo(new HoldAdmission.Held(now + Duration.ofSeconds(10).toNanos()));
    now += Duration.ofSeconds(10).toNanos();
    assertThat(stateOf("c2")).isInstanceOf(HoldAdmission.Probe.class);
  }

  @Test
  void aBadKeyOfAllBatchesDoesNotCountAsAnAttemptDuringARateLimit() {
    call("a1", BAD_KEY);
    end("c1", TOO_FAST, null);
    RouteHealth health = end("b1", BAD_KEY, null);

    assertThat(hold().kind()).isEqualTo(HoldKind.RATE_LIMIT);
    assertThat(health.outage()).isTrue();
  }

  @Test
  void theHoldOfASourceWithoutTasksExpires() {
    call("a1", A_DAY);
    now += Duration.ofMinutes(10).toNanos();

    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void single429sAlthoughQuotaRemainsHoldNothing() {
    for (int i = 0; i < 40; i++) {
      assertThat(call("a" + i, i % 10 == 0 ? throttledWith(500) : SUCCEEDED))
          .isEqualTo(RouteHealth.HEALTHY);
    }

    assertThat(state.currentHold(now)).isNull();
  }

  @Test
  void many429sHoldTheRoute() {
    for (int i = 0; i < 3; i++) {
      call("a" + i, throttledWith(500));
    }
    assertThat(state.currentHold(now)).isNull();
    call("b", throttledWith(500));

    assertThat(hold().kind()).isEqualTo(HoldKind.RATE_LIMIT);
  }

  @Test
  void a429WithLittleRemainingQuotaHoldsTheRoute() {
    call("a", throttledWith(2));

    assertThat(hold().kind()).isEqualTo(HoldKind.RATE_LIMIT);
  }

  @Test
  void callsWithoutCapacityHoldNothingAndShowThatTheProviderIsReachable() {
    CallFeedback failed = new CallFeedback.Failed("HTTP 500", true);
    for (int i = 0; i < 50; i++) {
      assertThat(call("a" + i, NO_CAPACITY)).isEqualTo(RouteHealth.HEALTHY);
      assertThat(call("b" + i, NO_CAPACITY)).isEqualTo(RouteHealth.HEALTHY);
    }
    for (int i = 0; i < 4; i++) {
      call("c" + i, failed);
    }
    call("a", NO_CAPACITY);
    call("c5", failed);

    assertThat(state.currentHold(now)).isNull();
    assertThat(state.limits(now)).allMatch(limit -> limit.perSecond() == 0);
  }

  @Test
  void probeWithoutCapacityEndsTheHold() {
    for (int i = 0; i < 5; i++) {
      call("a" + i, new CallFeedback.Failed("HTTP 500", true));
    }
    assertThat(hold().kind()).isEqualTo(HoldKind.BREAKER);
    now += Duration.ofMinutes(2).toNanos();
    assertThat(stateOf("a9")).isInstanceOf(HoldAdmission.Probe.class);

    call("a9", NO_CAPACITY);

    assertThat(state.currentHold(now)).isNull();
  }

  private static CallFeedback throttledWith(long remaining) {
    return new CallFeedback.Throttled(
        Duration.ofSeconds(10),
        null,
        new AdvertisedLimits(
            Map.of(
                LimitKind.REQUESTS,
                new AdvertisedLimits.AdvertisedLimit(
                    600, Duration.ofMinutes(1), remaining, Duration.ofSeconds(10)))));
  }

  private RouteHealth call(String task, CallFeedback feedback) {
    CallOrigin origin = origin(task);
    @Nullable HoldProbe probe =
        stateOf(task) instanceof HoldAdmission.Probe ? state.startProbe(origin, now) : null;
    return end(task, feedback, probe);
  }

  private RouteHealth end(String task, CallFeedback feedback, @Nullable HoldProbe probe) {
    InFlightCall call = state.startCall(origin(task), EstimatedUsage.NONE, TokenCost.NONE, now);
    now += Duration.ofMillis(100).toNanos();
    return state.onCallEnded(call, feedback, probe, now);
  }

  private HoldAdmission stateOf(String task) {
    return state.holdState(origin(task), List.of(), now);
  }

  private LimiterStatus.Hold hold() {
    return Objects.requireNonNull(state.currentHold(now));
  }

  private static CallOrigin origin(String task, String project) {
    return new CallOrigin(task, task.substring(0, 1), project, Payload.of(task));
  }

  /** A task of the batch that its first character names. */
  private static CallOrigin origin(String task) {
    return new CallOrigin(task, task.substring(0, 1), Payload.of(task));
  }
}
