package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.wire.Lane;
import dev.sluice.worker.limit.PermitQueue.QueueResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PermitQueueTest {
  private static final long LONG = Duration.ofSeconds(20).toNanos();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PermitQueue permitQueue = new PermitQueue();
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void liveGoesBeforeBatchAndEachLaneInItsOrder() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
    List<CompletableFuture<Void>> all =
        List.of(
            comes(Lane.BATCH, "b1"),
            comes(Lane.BATCH, "b2"),
            comes(Lane.LIVE, "l1"),
            comes(Lane.LIVE, "l2"));

    permitQueue.leave();

    all.forEach(CompletableFuture::join);
    assertThat(order).containsExactly("l1", "l2", "b1", "b2");
  }

  @Test
  void afterSevenLiveOnesOneOfTheOthersGoes() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    all.add(comes(Lane.BATCH, "b"));
    for (int i = 1; i <= 9; i++) {
      all.add(comes(Lane.LIVE, "l" + i));
    }

    permitQueue.leave();

    all.forEach(CompletableFuture::join);
    assertThat(order.indexOf("b")).isEqualTo(7);
  }

  @Test
  void whoIsFirstMayLetALiveOneGoBefore() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
    assertThat(permitQueue.isLiveNext()).isFalse();
    CompletableFuture<Void> other = comes(Lane.BATCH, "other");
    CompletableFuture<Void> live = comes(Lane.LIVE, "live");
    assertThat(permitQueue.isLiveNext()).isTrue();

    assertThat(permitQueue.yieldToLive(LONG, () -> true)).isEqualTo(QueueResult.FIRST);
    add("first");
    permitQueue.leave();

    live.join();
    other.join();
    assertThat(order).containsExactly("live", "first", "other");
  }

  @Test
  void whoseTimeIsOverIsInTheLineNoMore() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
    assertThat(enter(Lane.LIVE, Duration.ofMillis(20).toNanos())).isEqualTo(QueueResult.LATE);

    permitQueue.leave();

    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
  }

  @Test
  void whoIsNotWantedAnyMoreLeavesFromWhereverHeStands() throws Exception {
    assertThat(enter(Lane.BATCH, LONG)).isEqualTo(QueueResult.FIRST);
    CompletableFuture<Void> before = comes(Lane.LIVE, "before");
    AtomicBoolean wanted = new AtomicBoolean(true);
    Future<QueueResult> hangsUp =
        threads.submit(() -> permitQueue.enter(Lane.LIVE, LONG, wanted::get));
    await().pollDelay(Duration.ZERO).until(() -> permitQueue.length() == 2);
    CompletableFuture<Void> behind = comes(Lane.LIVE, "behind");

    wanted.set(false);
    permitQueue.recheck();

    assertThat(hangsUp.get()).isEqualTo(QueueResult.UNWANTED);
    assertThat(permitQueue.length()).isEqualTo(2);
    permitQueue.leave();
    before.join();
    behind.join();
    assertThat(order).containsExactly("before", "behind");
  }

  private QueueResult enter(Lane lane, long nanos) throws InterruptedException {
    return permitQueue.enter(lane, nanos, () -> true);
  }

  /** Somebody who is in line when this returns. */
  private CompletableFuture<Void> comes(Lane lane, String name) {
    int before = permitQueue.length();
    CompletableFuture<Void> gone =
        CompletableFuture.runAsync(
            () -> {
              try {
                assertThat(enter(lane, LONG)).isEqualTo(QueueResult.FIRST);
                add(name);
                permitQueue.leave();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
            },
            threads);
    await().pollDelay(Duration.ZERO).until(() -> permitQueue.length() == before + 1);
    return gone;
  }

  private synchronized void add(String name) {
    order.add(name);
  }
}
