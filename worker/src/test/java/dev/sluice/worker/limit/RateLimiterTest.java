package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.route.RouteSettings.Limits;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void noPermitIsGrantedWithinAHoldNotEvenToOneWhoWaitsAlready() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(120, 0)); // one every half second
    limiter.acquire(0);
    long start = System.nanoTime();
    Future<Admission> waiting = threads.submit(() -> limiter.acquire(0));
    limiter.hold(Duration.ofMillis(1_200));

    assertThat(waiting.get()).isInstanceOf(Admission.Granted.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_200));
  }

  @Test
  void theEndOfAHoldSetsNoHerdFree() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(6_000, 0)); // 100 a second, 25 saved up
    limiter.hold(Duration.ofMillis(500));
    List<Long> grants = new CopyOnWriteArrayList<>();
    Callable<Boolean> acquire =
        () -> {
          limiter.acquire(0);
          return grants.add(System.nanoTime());
        };
    for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(10, acquire))) {
      assertThat(one.get()).isTrue();
    }

    assertThat(Duration.ofNanos(Collections.max(grants) - Collections.min(grants)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(80));
  }

  @Test
  void aShorterHoldDoesNotEndALongerOne() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(0, 0));
    long start = System.nanoTime();
    limiter.hold(Duration.ofMillis(700));
    limiter.hold(Duration.ofMillis(1));

    limiter.acquire(0);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  @Test
  void closingLetsEverybodyGoWithoutAPermit() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(1, 0));
    limiter.acquire(0);
    Callable<Admission> acquire = () -> limiter.acquire(0);
    List<Future<Admission>> waiting = List.of(threads.submit(acquire), threads.submit(acquire));

    limiter.close();

    for (Future<Admission> one : waiting) {
      assertThat(one.get()).isEqualTo(new Admission.Closed());
    }
    assertThat(limiter.acquire(0)).isEqualTo(new Admission.Closed());
  }

  @Test
  void aLargeCallIsNotOvertakenBySmallOnes() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(0, 60_000)); // 1,000 a second
    List<String> order = new CopyOnWriteArrayList<>();
    OneAfterAnother started = new OneAfterAnother();
    started.run(() -> granted(limiter, 1_000, "large", order));
    started.run(() -> granted(limiter, 1, "small 1", order));
    started.run(() -> granted(limiter, 1, "small 2", order));

    await().until(() -> order.size() == 3);
    assertThat(order).containsExactly("large", "small 1", "small 2");
  }

  @Test
  void aPermitThatIsGivenBackIsThereForTheNext() throws Exception {
    RateLimiter limiter = RateLimiter.local(Limits.fixed(1, 0)); // one a minute

    ((Admission.Granted) limiter.acquire(0)).permit().giveBack();

    assertThat(threads.submit(() -> limiter.acquire(0)).get(10, TimeUnit.SECONDS))
        .isInstanceOf(Admission.Granted.class);
  }

  private static Admission granted(
      RateLimiter limiter, long tokens, String name, List<String> order)
      throws InterruptedException {
    Admission admission = limiter.acquire(tokens);
    order.add(name);
    return admission;
  }

  /** Starts one thread after another, each only when the one before waits. */
  private static final class OneAfterAnother {
    void run(Callable<?> work) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      work.call();
                    } catch (Exception stopped) {
                      throw new IllegalStateException(stopped);
                    }
                  });
      await()
          .until(
              () ->
                  thread.getState() == Thread.State.WAITING
                      || thread.getState() == Thread.State.TIMED_WAITING
                      || thread.getState() == Thread.State.TERMINATED);
    }
  }
}
