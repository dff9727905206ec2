package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.Admission.Granted;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.AdvertisedLimits.AdvertisedLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The limiter with its threads, in virtual time. */
abstract class RouteLimiterSuite {
  static final Duration TIMEOUT = Duration.ofMinutes(1);
  static final AdvertisedLimits NO_LIMITS = AdvertisedLimits.UNKNOWN;

  final VirtualClock clock = new VirtualClock();
  final List<String> announced = new CopyOnWriteArrayList<>();

  @AfterEach
  void stopThreads() {
    clock.close();
  }

  RateLimiter limiter(Map<String, ?> settings) {
    return limiter(settings, Buckets.inMemory(clock));
  }

  RateLimiter limiter(Map<String, ?> settings, Buckets buckets) {
    PeerWorkers peerWorkers =
        new PeerWorkers() {
          @Override
          public double limitFraction() {
            return 1;
          }

          @Override
          public void announce(HoldAnnouncement announcement) {
            announced.add(
                switch (announcement) {
                  case HoldAnnouncement.Hold hold -> "hold " + hold.kind().wireName();
                  case HoldAnnouncement.Release release -> "release " + release.kind().wireName();
                  case HoldAnnouncement.SourceHold hold ->
                      "hold " + hold.kind().wireName() + " " + hold.sources();
                  case HoldAnnouncement.SourceRelease release ->
                      "release " + release.kind().wireName() + " " + release.sources();
                });
          }

          @Override
          public void announceLivePriority(TokenCost cost) {
            announced.add("live_priority");
          }
        };
    return new RouteLimiter(
        TestRoutes.route("r", settings), buckets, peerWorkers, new Random(1), clock);
  }

  Permit permit(RateLimiter limiter) throws InterruptedException {
    return acquired(limiter, "task");
  }

  Permit acquired(RateLimiter limiter, String task) throws InterruptedException {
    return acquired(limiter, task, EstimatedUsage.NONE);
  }

  Permit acquired(RateLimiter limiter, String task, EstimatedUsage tokens)
      throws InterruptedException {
    return acquired(limiter, origin(task), tokens);
  }

  Permit acquired(RateLimiter limiter, CallOrigin origin) throws InterruptedException {
    return acquired(limiter, origin, EstimatedUsage.NONE);
  }

  /** A task of a held source waits in the broker, and returns. */
  Permit acquired(RateLimiter limiter, CallOrigin origin, EstimatedUsage tokens)
      throws InterruptedException {
    Admission admission = limiter.acquire(origin, Lane.BATCH, () -> tokens, TIMEOUT, () -> true);
    while (admission instanceof Admission.SourceHeld held) {
      clock.sleep(held.remaining());
      admission = limiter.acquire(origin, Lane.BATCH, () -> tokens, TIMEOUT, () -> true);
    }
    assertThat(admission).isInstanceOf(Granted.class);
    return ((Granted) admission).permit();
  }

  static CallOrigin origin(String task) {
    return origin(task, "batch");
  }

  static CallOrigin origin(String task, String caller) {
    return new CallOrigin(task, caller, Payload.of(task));
  }

  static LimiterStatus.Hold hold(RateLimiter limiter) {
    LimiterStatus.@Nullable Hold hold = limiter.status().hold();
    assertThat(hold).isNotNull();
    return hold;
  }

  static CallFeedback succeeded() {
    return new CallFeedback.Succeeded(null, NO_LIMITS);
  }

  static CallFeedback throttled(Duration retryAfter) {
    return new CallFeedback.Throttled(retryAfter, null, NO_LIMITS);
  }

  static AdvertisedLimits advertised(long perMinute) {
    return new AdvertisedLimits(
        Map.of(
            LimitKind.REQUESTS, new AdvertisedLimit(perMinute, Duration.ofMinutes(1), null, null)));
  }

  Duration since(long start) {
    return Duration.ofNanos(clock.nanos() - start);
  }
}
