package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limiters of four workers on one route with four calls per second, in virtual time. */
class SeveralWorkersTest {
  private static final int WORKERS = 4;
  private static final int PER_MINUTE = 240;
  private static final Duration PERMIT_INTERVAL = Duration.ofMinutes(1).dividedBy(PER_MINUTE);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final CallOrigin ORIGIN = new CallOrigin("t", "batch", Payload.empty());

  private final VirtualClock clock = new VirtualClock();
  private final List<RateLimiter> limiters = new CopyOnWriteArrayList<>();
  private final List<AtomicInteger> granted =
      IntStream.range(0, WORKERS).mapToObj(i -> new AtomicInteger()).toList();

  @AfterEach
  void stopThreads() {
    limiters.forEach(RateLimiter::close);
    clock.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"partitioned", "shared"})
  void aLiveCallWaitsForAtMostTwoPermitsWhileAllWorkersBatchesSaturateTheRoute(String storage)
      throws Exception {
    Buckets shared = Buckets.inMemory(clock);
    start(
        storage.equals("shared")
            ? () -> shared
            : () -> Buckets.partitioned(clock, () -> 1.0 / WORKERS));
    clock.until(() -> total() >= 2 * WORKERS);
    long start = clock.nanos();
    int before = total();

    for (int i = 0; i < 2 * WORKERS; i++) {
      int worker = i % WORKERS;
      awaitGrant(worker); // its next batch permit is as far away as possible
      long requestedAt = clock.nanos();
      granted(worker, Lane.LIVE);
      assertThat(since(requestedAt)).isLessThan(PERMIT_INTERVAL.multipliedBy(2).plusMillis(100));
    }

    double allowed = (double) since(start).toMillis() / PERMIT_INTERVAL.toMillis();
    int calls = total() - before + 2 * WORKERS;
    assertThat(calls).as("the limit is not exceeded").isLessThanOrEqualTo((int) allowed + WORKERS);
    assertThat(calls).as("the limit is used").isGreaterThan((int) (0.9 * allowed) - 2);
  }

  private void start(Supplier<Buckets> buckets) {
    for (int i = 0; i < WORKERS; i++) {
      limiters.add(
          new RouteLimiter(
              TestRoutes.route(
                  "r", Map.of("limits.requests-per-minute", PER_MINUTE, "limits.learn", false)),
              buckets.get(),
              new OtherWorkers(i),
              new Random(i),
              clock));
    }
    for (int i = 0; i < WORKERS; i++) {
      int worker = i;
      for (int consumer = 0; consumer < 3; consumer++) {
        Future<?> unused = clock.submit(() -> saturate(worker));
      }
    }
  }

  private Void saturate(int worker) throws InterruptedException {
    while (granted(worker, Lane.BATCH)) {
      granted.get(worker).incrementAndGet();
    }
    return null;
  }

  private boolean granted(int worker, Lane lane) throws InterruptedException {
    Admission admission =
        limiters.get(worker).acquire(ORIGIN, lane, () -> EstimatedUsage.NONE, TIMEOUT, () -> true);
    if (admission instanceof Admission.Granted permit) {
      permit.permit().end(new CallFeedback.Succeeded(null, AdvertisedLimits.UNKNOWN));
      return true;
    }
    return false;
  }

  private void awaitGrant(int worker) throws InterruptedException {
    int before = granted.get(worker).get();
    clock.until(() -> granted.get(worker).get() > before);
  }

  private int total() {
    return granted.stream().mapToInt(AtomicInteger::get).sum();
  }

  private Duration since(long start) {
    return Duration.ofNanos(clock.nanos() - start);
  }

  /** Delivers one worker's announcements to the limiters of the others. */
  private final class OtherWorkers implements PeerWorkers {
    private final int self;

    OtherWorkers(int self) {
      this.self = self;
    }

    @Override
    public double limitFraction() {
      return 1.0 / WORKERS;
    }

    @Override
    public void announce(HoldAnnouncement announcement) {
      throw new AssertionError("unexpected: " + announcement);
    }

    @Override
    public void announceLivePriority(TokenCost cost) {
      for (int i = 0; i < WORKERS; i++) {
        if (i != self) {
          RateLimiter other = limiters.get(i);
          Future<?> unused =
              clock.submit(
                  () -> {
                    other.onLivePriority(cost);
                    return cost;
                  });
        }
      }
    }
  }
}
