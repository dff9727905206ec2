package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.route.TestRoutes;
import dev.sluice.common.wire.Lane;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limiters of four workers on one route of four calls a second. */
class SeveralWorkersTest {
  private static final int WORKERS = 4;
  private static final int PER_MINUTE = 240;
  private static final Duration A_PERMIT = Duration.ofMinutes(1).dividedBy(PER_MINUTE);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<RateLimiter> limiters = new CopyOnWriteArrayList<>();
  private final List<AtomicInteger> granted =
      IntStream.range(0, WORKERS).mapToObj(i -> new AtomicInteger()).toList();

  @AfterEach
  void stopThreads() {
    limiters.forEach(RateLimiter::close);
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"divided", "shared"})
  void aLiveCallWaitsForTwoPermitsAtMostWhereTheBatchesOfAllSaturateTheRoute(String kept)
      throws Exception {
    Buckets common = Buckets.local();
    start(kept.equals("shared") ? () -> common : () -> Buckets.divided(() -> 1.0 / WORKERS));
    await().until(() -> total() >= 2 * WORKERS);
    long start = System.nanoTime();
    int before = total();

    for (int i = 0; i < 2 * WORKERS; i++) {
      int worker = i % WORKERS;
      awaitGrant(worker); // its next one is as far away as it can be
      long came = System.nanoTime();
      granted(worker, Lane.LIVE);
      assertThat(since(came)).isLessThan(A_PERMIT.multipliedBy(2).plusMillis(100));
    }

    double allowed = (double) since(start).toMillis() / A_PERMIT.toMillis();
    int calls = total() - before + 2 * WORKERS;
    assertThat(calls).as("none too many").isLessThanOrEqualTo((int) allowed + WORKERS);
    assertThat(calls).as("none left out").isGreaterThan((int) (0.9 * allowed) - 2);
  }

  private void start(Supplier<Buckets> buckets) {
    for (int i = 0; i < WORKERS; i++) {
      limiters.add(
          RateLimiter.of(
              TestRoutes.route(
                  "r", Map.of("limits.requests-per-minute", PER_MINUTE, "limits.learn", false)),
              buckets.get(),
              new OtherWorkers(i),
              new Random(i)));
    }
    for (int i = 0; i < WORKERS; i++) {
      int worker = i;
      for (int consumer = 0; consumer < 3; consumer++) {
        Future<?> unused = threads.submit(() -> saturate(worker));
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
        limiters.get(worker).acquire("t", lane, EstimatedUsage.NONE, PATIENCE, () -> true);
    if (admission instanceof Admission.Granted one) {
      one.permit().end(new CallFeedback.Succeeded(null, AdvertisedLimits.UNKNOWN));
      return true;
    }
    return false;
  }

  private void awaitGrant(int worker) {
    int before = granted.get(worker).get();
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> granted.get(worker).get() > before);
  }

  private int total() {
    return granted.stream().mapToInt(AtomicInteger::get).sum();
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** The other workers, as one of them sees them. */
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
    public void announceHold(
        HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed) {
      throw new AssertionError("nothing rests: " + reason);
    }

    @Override
    public void announceLivePriority(TokenCost cost) {
      for (int i = 0; i < WORKERS; i++) {
        if (i != self) {
          RateLimiter other = limiters.get(i);
          threads.execute(() -> other.onLivePriority(cost));
        }
      }
    }
  }
}
