package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Two FIFO queues, live and batch, with one head. Live waiters go first; after 7 live heads in a
 * row one batch waiter becomes the head, so that a full live lane never starves the batch lane.
 */
final class PermitQueue {
  private static final int MAX_CONSECUTIVE_LIVE = 7;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> live = new ArrayDeque<>();
  private final Deque<Waiter> batch = new ArrayDeque<>();
  private boolean hasHead;
  private int consecutiveLive;

  /** The result of waiting in the queue. */
  enum QueueResult {
    /** The caller is the head, until it calls {@link #leave()}. */
    HEAD,
    /** The time is over; the caller is no longer in the queue. */
    TIMED_OUT,
    /** The call is no longer wanted; the caller is no longer in the queue. */
    WITHDRAWN
  }

  private static final class Waiter {
    private final Condition changed;
    private final BooleanSupplier wanted;
    private boolean isHead;
    private boolean isWithdrawn;

    Waiter(Condition changed, BooleanSupplier wanted) {
      this.changed = changed;
      this.wanted = wanted;
    }
  }

  /**
   * Waits until the caller is the head.
   *
   * @param nanos maximum time to wait, in nanoseconds
   * @param wanted queried at each {@link #recheck()}, under the queue's lock
   */
  QueueResult enter(Lane lane, long nanos, BooleanSupplier wanted) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!hasHead) {
        hasHead = true;
        countHead(lane);
        return QueueResult.HEAD;
      }
      Waiter waiter = new Waiter(lock.newCondition(), wanted);
      waiters(lane).addLast(waiter);
      return awaitHead(waiter, lane, nanos);
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
          boolean isUnwanted = !waiter.wanted.getAsBoolean();
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

  /**
   * Lets a live waiter become the head, and waits to be the head again; called by a batch head.
   *
   * @param nanos maximum time to wait, in nanoseconds
   * @param wanted as for {@link #enter}
   */
  QueueResult yieldToLive(long nanos, BooleanSupplier wanted) throws InterruptedException {
    lock.lock();
    try {
      Waiter waiter = new Waiter(lock.newCondition(), wanted);
      batch.addFirst(waiter);
      signalNext();
      return awaitHead(waiter, Lane.BATCH, nanos);
    } finally {
      lock.unlock();
    }
  }

  private QueueResult awaitHead(Waiter waiter, Lane lane, long nanos) throws InterruptedException {
    long remaining = nanos;
    try {
      while (!waiter.isHead && !waiter.isWithdrawn && remaining > 0) {
        remaining = waiter.changed.awaitNanos(remaining);
      }
    } catch (InterruptedException interrupted) {
      if (waiter.isHead) {
        signalNext();
      } else {
        waiters(lane).remove(waiter);
      }
      throw interrupted;
    }
    if (waiter.isHead) {
      return QueueResult.HEAD;
    }
    waiters(lane).remove(waiter);
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
