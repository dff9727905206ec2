package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.PermitQueue.QueueResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PermitQueueTest {
  private static final long LONG = Duration.ofSeconds(20).toNanos();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PermitQueue permitQueue = new PermitQueue(new ReentrantLock(), NanoClock.SYSTEM);
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void liveGoesBeforeBatchAndEachLaneIsFifo() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
    List<CompletableFuture<Void>> all =
        List.of(
            enqueue(Lane.BATCH, "b1"),
            enqueue(Lane.BATCH, "b2"),
            enqueue(Lane.LIVE, "l1"),
            enqueue(Lane.LIVE, "l2"));

    permitQueue.leave();

    all.forEach(CompletableFuture::join);
    assertThat(order).containsExactly("l1", "l2", "b1", "b2");
  }

  @Test
  void afterSevenLiveHeadsOneBatchWaiterGoes() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    all.add(enqueue(Lane.BATCH, "b"));
    for (int i = 1; i <= 9; i++) {
      all.add(enqueue(Lane.LIVE, "l" + i));
    }

    permitQueue.leave();

    all.forEach(CompletableFuture::join);
    assertThat(order.indexOf("b")).isEqualTo(7);
  }

  @Test
  void aBatchHeadYieldsToALiveWaiter() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
    assertThat(permitQueue.isLiveNext()).isFalse();
    CompletableFuture<Void> other = enqueue(Lane.BATCH, "other");
    CompletableFuture<Void> live = enqueue(Lane.LIVE, "live");
    assertThat(permitQueue.isLiveNext()).isTrue();

    assertThat(permitQueue.yieldToLive(request(Lane.BATCH, LONG, () -> true)))
        .isEqualTo(QueueResult.HEAD);
    add("first");
    permitQueue.leave();

    live.join();
    other.join();
    assertThat(order).containsExactly("live", "first", "other");
  }

  @Test
  void aWaiterThatTimesOutLeavesTheQueue() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
    assertThat(enter(Lane.LIVE, Duration.ofMillis(20).toNanos())).isEqualTo(QueueResult.TIMED_OUT);

    permitQueue.leave();

    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
  }

  @Test
  void aWithdrawnWaiterLeavesFromAnyPosition() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.HEAD);
    CompletableFuture<Void> before = enqueue(Lane.LIVE, "before");
    AtomicBoolean wanted = new AtomicBoolean(true);
    Future<QueueResult> withdrawn =
        threads.submit(() -> permitQueue.enter(request(Lane.LIVE, LONG, wanted::get)));
    await().pollDelay(Duration.ZERO).until(() -> permitQueue.length() == 2);
    CompletableFuture<Void> behind = enqueue(Lane.LIVE, "behind");

    wanted.set(false);
    permitQueue.recheck();

    assertThat(withdrawn.get()).isEqualTo(QueueResult.WITHDRAWN);
    assertThat(permitQueue.length()).isEqualTo(2);
    permitQueue.leave();
    before.join();
    behind.join();
    assertThat(order).containsExactly("before", "behind");
  }

  private QueueResult enter(Lane lane, long nanos) throws InterruptedException {
    return permitQueue.enter(request(lane, nanos, () -> true));
  }

  private static PermitRequest request(Lane lane, long nanos, BooleanSupplier wanted) {
    return new PermitRequest(
        new CallOrigin("task", "batch", Payload.empty()),
        lane,
        new DeferredEstimate(() -> EstimatedUsage.NONE),
        NanoClock.SYSTEM.nanos() + nanos,
        wanted);
  }

  /** Starts a caller, and returns when it is in the queue. */
  private CompletableFuture<Void> enqueue(Lane lane, String name) {
    int before = permitQueue.length();
    CompletableFuture<Void> left =
        CompletableFuture.runAsync(
            () -> {
              try {
                assertThat(enter(lane, LONG)).isEqualTo(QueueResult.HEAD);
                add(name);
                permitQueue.leave();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
            },
            threads);
    await().pollDelay(Duration.ZERO).until(() -> permitQueue.length() == before + 1);
    return left;
  }

  private synchronized void add(String name) {
    order.add(name);
  }
}
