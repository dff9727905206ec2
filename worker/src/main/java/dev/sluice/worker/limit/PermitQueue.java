package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Two FIFO queues, live and batch, with one head. Live waiters go first; after 7 live heads in a
 * row one batch waiter becomes the head, so that a full live lane never starves the batch lane.
 */
final class PermitQueue {
  private static final int MAX_CONSECUTIVE_LIVE = 7;

  private final ReentrantLock lock;
  private final NanoClock clock;
  private final Condition headChanged;
  private final Deque<Waiter> live = new ArrayDeque<>();
  private final Deque<Waiter> batch = new ArrayDeque<>();
  private boolean hasHead;
  private int consecutiveLive;

  /**
   * @param lock guards the queue, and is held while {@code wanted} of a request is queried
   */
  PermitQueue(ReentrantLock lock, NanoClock clock) {
    this.lock = lock;
    this.clock = clock;
    this.headChanged = clock.newCondition(lock);
  }

  /** Returns the condition on which the head may wait. It is signalled when a live caller waits. */
  Condition headChanged() {
    return headChanged;
  }

  /** The result of waiting in the queue. */
  enum QueueResult {
    /** The caller is the head, until it calls {@link #leave()}. */
    HEAD,
    /** The time is over; the caller is no longer in the queue. */
    TIMED_OUT,
    /** The call must not be sent any more; the caller is no longer in the queue. */
    WITHDRAWN
  }

  private static final class Waiter {
    private final PermitRequest request;
    private final Condition changed;
    private boolean isHead;
    private boolean isWithdrawn;

    Waiter(PermitRequest request, Condition changed) {
      this.request = request;
      this.changed = changed;
    }
  }

  /** Waits until the caller is the head. */
  QueueResult enter(PermitRequest request) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!hasHead) {
        hasHead = true;
        countHead(request.lane());
        return QueueResult.HEAD;
      }
      Waiter waiter = new Waiter(request, clock.newCondition(lock));
      waiters(request.lane()).addLast(waiter);
      if (request.lane() == Lane.LIVE) {
        headChanged.signalAll();
      }
      return awaitHead(waiter);
    } finally {
      lock.unlock();
    }
  }

  /** Removes all waiters whose calls are no longer wanted. */
  void recheck() {
    lock.lock();
    try {
      removeUnwanted(live);
      removeUnwanted(batch);
    } finally {
      lock.unlock();
    }
  }

  private static void removeUnwanted(Deque<Waiter> waiters) {
    waiters.removeIf(
        waiter -> {
          boolean isUnwanted = !waiter.request.wanted().getAsBoolean();
          if (isUnwanted) {
            waiter.isWithdrawn = true;
            waiter.changed.signal();
          }
          return isUnwanted;
        });
  }

  /** Makes the next waiter the head; called by the head. */
  void leave() {
    lock.lock();
    try {
      signalNext();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a live waiter would become the next head. */
  boolean isLiveNext() {
    lock.lock();
    try {
      return !live.isEmpty() && consecutiveLive < MAX_CONSECUTIVE_LIVE;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiters, without the head. */
  int length() {
    lock.lock();
    try {
      return live.size() + batch.size();
    } finally {
      lock.unlock();
    }
  }

  /** Lets a live waiter become the head, and waits to be the head again; called by a batch head. */
  QueueResult yieldToLive(PermitRequest request) throws InterruptedException {
    lock.lock();
    try {
      Waiter waiter = new Waiter(request, clock.newCondition(lock));
      batch.addFirst(waiter);
      signalNext();
      return awaitHead(waiter);
    } finally {
      lock.unlock();
    }
  }

  private QueueResult awaitHead(Waiter waiter) throws InterruptedException {
    Deque<Waiter> waiters = waiters(waiter.request.lane());
    long remaining = waiter.request.deadline() - clock.nanos();
    try {
      while (!waiter.isHead && !waiter.isWithdrawn && remaining > 0) {
        remaining = waiter.changed.awaitNanos(remaining);
      }
    } catch (InterruptedException interrupted) {
      if (waiter.isHead) {
        signalNext();
      } else {
        waiters.remove(waiter);
      }
      throw interrupted;
    }
    if (waiter.isHead) {
      return QueueResult.HEAD;
    }
    waiters.remove(waiter);
    return waiter.isWithdrawn ? QueueResult.WITHDRAWN : QueueResult.TIMED_OUT;
  }

  private void signalNext() {
    Waiter next = pollNext();
    hasHead = next != null;
    if (next != null) {
      next.isHead = true;
      next.changed.signal();
    }
  }

  private @Nullable Waiter pollNext() {
    boolean isLiveNext =
        !live.isEmpty() && (batch.isEmpty() || consecutiveLive < MAX_CONSECUTIVE_LIVE);
    Lane lane = isLiveNext ? Lane.LIVE : Lane.BATCH;
    Waiter next = waiters(lane).pollFirst();
    if (next != null) {
      countHead(lane);
    }
    return next;
  }

  private void countHead(Lane lane) {
    consecutiveLive = lane == Lane.LIVE ? consecutiveLive + 1 : 0;
  }

  private Deque<Waiter> waiters(Lane lane) {
    return lane == Lane.LIVE ? live : batch;
  }
}
