package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.Admission.Granted;
import dev.sluice.worker.limit.Admission.ShuttingDown;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limiter with its threads, in virtual time. */
class RouteLimiterTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final AdvertisedLimits NO_LIMITS = AdvertisedLimits.UNKNOWN;

  private final VirtualClock clock = new VirtualClock();
  private final List<String> announced = new CopyOnWriteArrayList<>();

  @AfterEach
  void stopThreads() {
    clock.close();
  }

  @Test
  void noPermitDuringRetryAfterEvenForAnEarlierRequest() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 120));
    Permit first = permit(limiter);
    Permit second = permit(limiter);
    Future<Admission> waiting =
        clock.submit(
            () ->
                limiter.acquire(origin("t"), Lane.BATCH, EstimatedUsage.NONE, TIMEOUT, () -> true));
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
    limiter.onPeerHold(
        HoldKind.RATE_LIMIT, "a peer's hold", Duration.ofMillis(700), Map.of(), Set.of());
    limiter.onPeerHold(
        HoldKind.RATE_LIMIT, "a peer's hold", Duration.ofMillis(1), Map.of(), Set.of());

    permit(limiter);

    assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  @Test
  void aLiveCallGoesBeforeBatchCallsThatSaturateTheRoute() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 300)); // 200 ms apart
    acquired(limiter, "first").end(succeeded());
    List<Future<Admission>> batch =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    clock.submit(
                        () ->
                            limiter.acquire(
                                origin("b" + i),
                                Lane.BATCH,
                                EstimatedUsage.NONE,
                                TIMEOUT,
                                () -> true)))
            .toList();
    clock.until(() -> limiter.status().waiting() >= 5);
    long before = batch.stream().filter(Future::isDone).count();

    Admission live =
        limiter.acquire(origin("live"), Lane.LIVE, EstimatedUsage.NONE, TIMEOUT, () -> true);

    assertThat(live).isInstanceOf(Granted.class);
    assertThat(batch.stream().filter(Future::isDone).count() - before).isLessThanOrEqualTo(2);
    for (Future<Admission> one : batch) {
      assertThat(clock.get(one)).isInstanceOf(Granted.class);
    }
  }

  @Test
  void aManuallyHeldRouteGrantsNoPermitUntilItIsReleased() throws Exception {
    RateLimiter limiter = limiter(Map.of());
    limiter.applyOverride(new RouteOverride("maintenance", Map.of()));
    Future<Admission> waiting =
        clock.submit(
            () ->
                limiter.acquire(origin("t"), Lane.BATCH, EstimatedUsage.NONE, TIMEOUT, () -> true));
    clock.until(() -> "hold".equals(limiter.status().waitsFor()));
    assertThat(
            limiter.acquire(
                origin("t"), Lane.BATCH, EstimatedUsage.NONE, Duration.ofMillis(300), () -> true))
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
    limiter.onPeerHold(
        HoldKind.RATE_LIMIT, "a peer's hold", Duration.ofMillis(700), Map.of(), Set.of());
    limiter.applyOverride(new RouteOverride("maintenance", Map.of()));
    limiter.applyOverride(RouteOverride.NONE);

    permit(limiter);

    assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  @Test
  void overriddenLimitsReplaceTheSettingsUntilTheOverrideEnds() {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 600));
    limiter.applyOverride(
        new RouteOverride(null, Map.of(LimitKind.REQUESTS, 60L, LimitKind.TOKENS, 6_000L)));
    assertThat(limiter.status().limits())
        .extracting(limit -> limit.kind() + " " + Math.round(60 * limit.perSecond()))
        .containsExactly("REQUESTS 60", "TOKENS 6000");

    limiter.applyOverride(RouteOverride.NONE);

    assertThat(limiter.status().limits())
        .extracting(limit -> limit.kind() + " " + Math.round(60 * limit.perSecond()))
        .containsExactly("REQUESTS 600");
  }

  @Test
  void closingEndsAllRequestsWithoutAPermit() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 1));
    permit(limiter);
    Callable<Admission> acquire =
        () -> limiter.acquire(origin("t"), Lane.BATCH, EstimatedUsage.NONE, TIMEOUT, () -> true);
    List<Future<Admission>> waiting = List.of(clock.submit(acquire), clock.submit(acquire));
    clock.until(() -> limiter.status().waiting() == 2);

    limiter.close();

    for (Future<Admission> one : waiting) {
      assertThat(clock.get(one)).isInstanceOf(ShuttingDown.class);
    }
    assertThat(limiter.acquire(origin("t"), Lane.BATCH, EstimatedUsage.NONE, TIMEOUT, () -> true))
        .isInstanceOf(ShuttingDown.class);
  }

  @Test
  void aRequestThatTimesOutIsNotCharged() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 60));
    permit(limiter);

    assertThat(
            limiter.acquire(
                origin("t"), Lane.BATCH, EstimatedUsage.NONE, Duration.ofMillis(100), () -> true))
        .isInstanceOf(Admission.TimedOut.class);

    long start = clock.nanos();
    permit(limiter);
    assertThat(since(start)).as("the reservation was refunded").isLessThan(TIMEOUT);
    assertThat(since(start)).isLessThan(Duration.ofMillis(1_500));
  }

  @Test
  void callersAreServedInFifoOrderIncludingLargeCalls() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.tokens-per-minute", 60_000));
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String name = (i % 3 == 0 ? "large-" : "small-") + i;
      EstimatedUsage tokens = new EstimatedUsage(i % 3 == 0 ? 400 : 100, 0);
      int queued = i;
      all.add(
          clock.submit(
              () -> {
                limiter.acquire(origin(name), Lane.BATCH, tokens, TIMEOUT, () -> true);
                return order.add(name);
              }));
      clock.until(() -> limiter.status().waiting() + order.size() > queued);
    }
    for (Future<?> one : all) {
      clock.get(one);
    }

    assertThat(order).extracting(name -> Integer.parseInt(name.substring(6))).isSorted();
  }

  @Test
  void withoutAKnownLimitOneCallRunsUntilTheFirstReply() throws Exception {
    RateLimiter limiter = limiter(Map.of());
    Permit first = permit(limiter);
    Future<Permit> second = clock.submit(() -> permit(limiter));
    clock.until(() -> "first_reply".equals(limiter.status().waitsFor()));
    assertThat(second.isDone()).isFalse();

    first.end(new CallFeedback.Succeeded(null, advertised(60_000)));

    assertThat(clock.get(second)).isNotNull();
    assertThat(limiter.status().limits())
        .singleElement()
        .satisfies(limit -> assertThat(60 * limit.perSecond()).isEqualTo(60_000));
  }

  @Test
  void anOutageEndsAfterOneSuccessfulProbe() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-after", "100ms"));
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
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-after", "1m"));
    for (int i = 0; i < 5; i++) {
      acquired(limiter, origin("task-" + i, "bad")).end(new CallFeedback.Failed("HTTP 500", true));
    }
    assertThat(hold(limiter).sources()).containsExactly("bad ");

    Admission bad =
        limiter.acquire(
            origin("task-6", "bad"), Lane.BATCH, EstimatedUsage.NONE, TIMEOUT, () -> true);
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

    limiter.onPeerHold(HoldKind.QUOTA, "no quota", Duration.ofSeconds(50), Map.of(), Set.of());
    assertThat(hold(limiter).remaining())
        .as("the own probe is first")
        .isLessThan(Duration.ofSeconds(33));

    limiter.onPeerHold(HoldKind.QUOTA, "no quota", Duration.ofSeconds(25), Map.of(), Set.of());
    assertThat(hold(limiter).remaining())
        .as("the peer's probe is first")
        .isGreaterThan(Duration.ofSeconds(33));

    limiter.release(HoldKind.QUOTA);
    assertThat(limiter.status().hold()).isNull();
  }

  @Test
  void aProbeOfAnotherHoldDoesNotEndARetryAfterHold() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "breaker.probe-after", "50ms"));
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

  @Test
  void theFleetConcurrencyLimitsThisWorkersFraction() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.learn", false, "fleet-concurrency", 2));
    Permit first = permit(limiter);
    permit(limiter);
    Future<Permit> third = clock.submit(() -> permit(limiter));
    clock.until(() -> "fleet_concurrency".equals(limiter.status().waitsFor()));

    first.end(succeeded());

    assertThat(clock.get(third)).isNotNull();
  }

  @Test
  void unusedTokensAreRefundedAndExcessTokensAreDebited() throws Exception {
    RateLimiter limiter =
        limiter(Map.of("limits.tokens-per-minute", 60_000, "provider.dialect", "anthropic"));
    acquired(limiter, "unused", new EstimatedUsage(250, 2_000))
        .end(new CallFeedback.Succeeded(new TokenCost(250, 0), NO_LIMITS));
    long start = clock.nanos();
    acquired(limiter, "after", new EstimatedUsage(1, 0));
    assertThat(since(start)).as("2,000 tokens are refunded").isLessThan(Duration.ofMillis(900));

    acquired(limiter, "greedy", new EstimatedUsage(1, 0))
        .end(new CallFeedback.Succeeded(new TokenCost(1, 1_500), NO_LIMITS));
    start = clock.nanos();
    acquired(limiter, "after", new EstimatedUsage(1, 0));
    assertThat(since(start)).as("1,500 tokens are debited").isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void reportedUsageCostsAtMostOneMinute() throws Exception {
    Buckets buckets = Buckets.inMemory(clock);
    RateLimiter limiter = limiter(Map.of("limits.tokens-per-minute", 60_000), buckets);

    acquired(limiter, "absurd", new EstimatedUsage(10, 10))
        .end(new CallFeedback.Succeeded(new TokenCost(90_000_000, 90_000_000), NO_LIMITS));

    assertThat(Duration.ofNanos(buckets.reserve(new TokenCost(1, 0)).nanos()))
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(65));
  }

  private RateLimiter limiter(Map<String, ?> settings) {
    return limiter(settings, Buckets.inMemory(clock));
  }

  private RateLimiter limiter(Map<String, ?> settings, Buckets buckets) {
    PeerWorkers peerWorkers =
        new PeerWorkers() {
          @Override
          public double limitFraction() {
            return 1;
          }

          @Override
          public void announceHold(
              HoldKind kind,
              String reason,
              Duration duration,
              Map<LimitKind, InferredLimit> inferred,
              Set<String> suspects) {
            announced.add("hold " + kind.wireName());
          }

          @Override
          public void announceRelease(HoldKind kind, String reason) {
            announced.add("release " + kind.wireName());
          }

          @Override
          public void announceSourceHold(
              HoldKind kind, String reason, Duration duration, Set<String> sources) {
            announced.add("hold " + kind.wireName() + " " + sources);
          }

          @Override
          public void announceSourceRelease(HoldKind kind, String reason, Set<String> sources) {
            announced.add("release " + kind.wireName() + " " + sources);
          }

          @Override
          public void announceLivePriority(TokenCost cost) {
            announced.add("live_priority");
          }
        };
    return new RouteLimiter(
        TestRoutes.route("r", settings), buckets, peerWorkers, new Random(1), clock);
  }

  private Permit permit(RateLimiter limiter) throws InterruptedException {
    return acquired(limiter, "task");
  }

  private Permit acquired(RateLimiter limiter, String task) throws InterruptedException {
    return acquired(limiter, task, EstimatedUsage.NONE);
  }

  private Permit acquired(RateLimiter limiter, String task, EstimatedUsage tokens)
      throws InterruptedException {
    return acquired(limiter, origin(task), tokens);
  }

  private Permit acquired(RateLimiter limiter, CallOrigin origin) throws InterruptedException {
    return acquired(limiter, origin, EstimatedUsage.NONE);
  }

  /** A task of a held source waits in the broker, and returns. */
  private Permit acquired(RateLimiter limiter, CallOrigin origin, EstimatedUsage tokens)
      throws InterruptedException {
    Admission admission = limiter.acquire(origin, Lane.BATCH, tokens, TIMEOUT, () -> true);
    while (admission instanceof Admission.SourceHeld held) {
      clock.sleep(held.remaining());
      admission = limiter.acquire(origin, Lane.BATCH, tokens, TIMEOUT, () -> true);
    }
    assertThat(admission).isInstanceOf(Granted.class);
    return ((Granted) admission).permit();
  }

  private static CallOrigin origin(String task) {
    return origin(task, "batch");
  }

  private static CallOrigin origin(String task, String caller) {
    return new CallOrigin(task, caller, Payload.of(task));
  }

  private static LimiterStatus.Hold hold(RateLimiter limiter) {
    LimiterStatus.@Nullable Hold hold = limiter.status().hold();
    assertThat(hold).isNotNull();
    return hold;
  }

  private static CallFeedback succeeded() {
    return new CallFeedback.Succeeded(null, NO_LIMITS);
  }

  private static CallFeedback throttled(Duration retryAfter) {
    return new CallFeedback.Throttled(retryAfter, null, NO_LIMITS);
  }

  private static AdvertisedLimits advertised(long perMinute) {
    return new AdvertisedLimits(
        Map.of(
            LimitKind.REQUESTS, new AdvertisedLimit(perMinute, Duration.ofMinutes(1), null, null)));
  }

  private Duration since(long start) {
    return Duration.ofNanos(clock.nanos() - start);
  }
}
