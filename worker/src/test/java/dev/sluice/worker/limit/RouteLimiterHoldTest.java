package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.worker.limit.Admission.Granted;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The holds of a route, as its callers see them. */
class RouteLimiterHoldTest extends RouteLimiterSuite {
  @Test
  void noPermitDuringRetryAfterEvenForAnEarlierRequest() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 120));
    Permit first = permit(limiter);
    Permit second = permit(limiter);
    Future<Admission> waiting =
        clock.submit(
            () ->
                limiter.acquire(
                    origin("t"), Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true));
    long start = clock.nanos();
    RouteHealth health = second.end(throttled(Duration.ofMillis(1_200)));
    first.end(succeeded());

    assertThat(clock.get(waiting)).isInstanceOf(Granted.class);
    assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(1_200));
    assertThat(health.holdFor()).isGreaterThan(Duration.ofMillis(1_200));
    assertThat(announced).containsExactly("hold rate_limit");
  }

  @Test
  void releasingAHoldDoesNotCauseABurst() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 6_000));
    permit(limiter).end(throttled(Duration.ofMillis(300)));
    List<Long> grants = new CopyOnWriteArrayList<>();
    Callable<Boolean> acquire =
        () -> {
          permit(limiter);
          return grants.add(clock.nanos());
        };
    List<Future<Boolean>> calls =
        IntStream.range(0, 12).mapToObj(i -> clock.submit(acquire)).toList();
    for (Future<Boolean> one : calls) {
      assertThat(clock.get(one)).isTrue();
    }

    assertThat(Duration.ofNanos(Collections.max(grants) - Collections.min(grants)))
        .as("12 calls at up to 100 per second, rising from a quarter of it")
        .isGreaterThanOrEqualTo(Duration.ofMillis(110));
  }

  @Test
  void aShorterHoldDoesNotEndALongerOne() throws Exception {
    RateLimiter limiter = limiter(Map.of());
    long start = clock.nanos();
    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.RATE_LIMIT,
            "a peer's hold",
            Duration.ofMillis(700),
            Map.of(),
            Set.of(),
            Set.of()));
    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.RATE_LIMIT,
            "a peer's hold",
            Duration.ofMillis(1),
            Map.of(),
            Set.of(),
            Set.of()));

    permit(limiter);

    assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  @Test
  void aManuallyHeldRouteGrantsNoPermitUntilItIsReleased() throws Exception {
    RateLimiter limiter = limiter(Map.of());
    limiter.applyOverride(new RouteOverride("maintenance", Map.of()));
    Future<Admission> waiting =
        clock.submit(
            () ->
                limiter.acquire(
                    origin("t"), Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true));
    clock.until(() -> "hold".equals(limiter.status().waitsFor()));
    assertThat(
            limiter.acquire(
                origin("t"),
                Lane.BATCH,
                () -> EstimatedUsage.NONE,
                Duration.ofMillis(300),
                () -> true))
        .isInstanceOf(Admission.TimedOut.class);
    assertThat(limiter.status().hold())
        .isEqualTo(
            new LimiterStatus.Hold(
                HoldKind.MANUAL, "maintenance", Duration.ZERO, false, Set.of(), false, false));

    limiter.applyOverride(RouteOverride.NONE);

    assertThat(clock.get(waiting)).isInstanceOf(Granted.class);
    assertThat(limiter.status().hold()).isNull();
    assertThat(announced).as("a manual hold is not announced").isEmpty();
  }

  @Test
  void aManualReleaseDoesNotShortenARetryAfterDelay() throws Exception {
    RateLimiter limiter = limiter(Map.of());
    long start = clock.nanos();
    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.RATE_LIMIT,
            "a peer's hold",
            Duration.ofMillis(700),
            Map.of(),
            Set.of(),
            Set.of()));
    limiter.applyOverride(new RouteOverride("maintenance", Map.of()));
    limiter.applyOverride(RouteOverride.NONE);

    permit(limiter);

    assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  @Test
  void anOutageEndsAfterOneSuccessfulProbe() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-delay", "100ms"));
    for (int i = 0; i < 5; i++) {
      acquired(limiter, origin("task-" + i, "batch-" + i))
          .end(new CallFeedback.Failed("HTTP 503", true));
    }
    assertThat(hold(limiter).kind()).isEqualTo(HoldKind.BREAKER);
    assertThat(hold(limiter).partial()).as("the whole route is held").isFalse();

    Permit probe = acquired(limiter, origin("task", "another batch"));
    Future<Permit> behind =
        clock.submit(() -> acquired(limiter, origin("task-2", "another batch")));
    clock.until(() -> limiter.status().waiting() == 1);
    assertThat(hold(limiter).probing()).isTrue();
    assertThat(behind.isDone()).isFalse();

    probe.end(succeeded());
    assertThat(clock.get(behind)).isNotNull();
    assertThat(limiter.status().hold()).isNull();
    assertThat(announced).containsExactly("hold breaker", "release breaker");
  }

  @Test
  void onlyTheCallsOfAFailingBatchAreHeld() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-delay", "1m"));
    for (int i = 0; i < 5; i++) {
      acquired(limiter, origin("task-" + i, "bad")).end(new CallFeedback.Failed("HTTP 500", true));
    }
    assertThat(hold(limiter).sources()).containsExactly("bad ");

    Admission bad =
        limiter.acquire(
            origin("task-6", "bad"), Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true);
    assertThat(bad)
        .isInstanceOfSatisfying(
            Admission.SourceHeld.class,
            held -> assertThat(held.remaining()).isGreaterThan(Duration.ofSeconds(50)));

    acquired(limiter, origin("live", "caller")).end(succeeded());
    assertThat(limiter.status().hold()).as("the provider is healthy").isNull();
    assertThat(announced).containsExactly("hold breaker [bad ]", "release breaker [bad ]");
    assertThat(
            acquired(limiter, origin("task-6", "bad"))
                .end(new CallFeedback.Failed("HTTP 500", true))
                .outage())
        .as("the batch is the cause: the attempt counts")
        .isFalse();
  }

  @Test
  void theWorkerWithTheEarliestHoldSendsTheProbe() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false));
    for (String batch : List.of("a", "b")) {
      acquired(limiter, origin("task of " + batch, batch))
          .end(
              new CallFeedback.RouteUnavailable(
                  HoldKind.QUOTA, "no quota", NO_LIMITS)); // 30 s and jitter
    }

    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.QUOTA, "no quota", Duration.ofSeconds(50), Map.of(), Set.of(), Set.of()));
    assertThat(hold(limiter).remaining())
        .as("the own probe is first")
        .isLessThan(Duration.ofSeconds(33));

    limiter.onPeerAnnouncement(
        new HoldAnnouncement.Hold(
            HoldKind.QUOTA, "no quota", Duration.ofSeconds(25), Map.of(), Set.of(), Set.of()));
    assertThat(hold(limiter).remaining())
        .as("the peer's probe is first")
        .isGreaterThan(Duration.ofSeconds(33));

    limiter.release(HoldKind.QUOTA);
    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void aProbeOfAnotherHoldDoesNotEndARetryAfterHold() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-delay", "50ms"));
    Permit inFlight = permit(limiter);
    for (int i = 0; i < 5; i++) {
      acquired(limiter, "task-" + i).end(new CallFeedback.Failed("HTTP 503", true));
    }
    Permit probe = permit(limiter);
    inFlight.end(throttled(Duration.ofMinutes(1)));

    probe.end(succeeded());
    limiter.release(HoldKind.BREAKER);

    assertThat(hold(limiter).kind()).isEqualTo(HoldKind.RATE_LIMIT);
    assertThat(hold(limiter).remaining()).isGreaterThan(Duration.ofSeconds(50));
  }

  @Test
  void onlyFailuresOfSeveralTasksAreAnOutage() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false));
    CallFeedback failed = new CallFeedback.Failed("HTTP 500", true);

    assertThat(acquired(limiter, "poison").end(failed).outage()).isFalse();
    assertThat(acquired(limiter, "poison").end(failed).outage()).isFalse();
    assertThat(acquired(limiter, "another").end(failed).outage()).isTrue();
    acquired(limiter, "healthy").end(succeeded());
    assertThat(acquired(limiter, "poison").end(failed).outage()).isFalse();
    assertThat(
            acquired(limiter, "poison")
                .end(new CallFeedback.Failed("connection refused", false))
                .outage())
        .as("the provider was not reached")
        .isTrue();
  }
}
