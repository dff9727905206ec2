package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.worker.limit.Admission.Granted;
import dev.sluice.worker.limit.Admission.ShuttingDown;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The order, the limits and the charges of the calls. */
class RouteLimiterTest extends RouteLimiterSuite {
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
                                () -> EstimatedUsage.NONE,
                                TIMEOUT,
                                () -> true)))
            .toList();
    clock.until(() -> limiter.status().waiting() >= 5);
    long before = batch.stream().filter(Future::isDone).count();

    Admission live =
        limiter.acquire(origin("live"), Lane.LIVE, () -> EstimatedUsage.NONE, TIMEOUT, () -> true);

    assertThat(live).isInstanceOf(Granted.class);
    assertThat(batch.stream().filter(Future::isDone).count() - before).isLessThanOrEqualTo(2);
    for (Future<Admission> one : batch) {
      assertThat(clock.get(one)).isInstanceOf(Granted.class);
    }
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
        () ->
            limiter.acquire(
                origin("t"), Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true);
    List<Future<Admission>> waiting = List.of(clock.submit(acquire), clock.submit(acquire));
    clock.until(() -> limiter.status().waiting() == 2);

    limiter.close();

    for (Future<Admission> one : waiting) {
      assertThat(clock.get(one)).isInstanceOf(ShuttingDown.class);
    }
    assertThat(
            limiter.acquire(
                origin("t"), Lane.BATCH, () -> EstimatedUsage.NONE, TIMEOUT, () -> true))
        .isInstanceOf(ShuttingDown.class);
  }

  @Test
  void aRequestThatTimesOutIsNotCharged() throws Exception {
    RateLimiter limiter = limiter(Map.of("limits.requests-per-minute", 60));
    permit(limiter);

    assertThat(
            limiter.acquire(
                origin("t"),
                Lane.BATCH,
                () -> EstimatedUsage.NONE,
                Duration.ofMillis(100),
                () -> true))
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
                limiter.acquire(origin(name), Lane.BATCH, () -> tokens, TIMEOUT, () -> true);
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
}
