package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A line of callers of whom one at a time is first. Who is live goes before who is not, and within
 * a lane everybody goes in his turn; after so many live ones in a row one of the others goes, so
 * that a lane that is always full does not shut the other one.
 */
final class PermitQueue {
  /** Seven of eight permits are kept for the live lane, as long as somebody in it wants them. */
  private static final int MAX_CONSECUTIVE_LIVE = 7;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> live = new ArrayDeque<>();
  private final Deque<Waiter> batch = new ArrayDeque<>();
  private boolean taken;
  private int liveInARow;

  /** What came of waiting in the line. */
  enum QueueResult {
    /** It is first, and leaves when it is done. */
    FIRST,
    /** That did not come within its time: it is in the line no more. */
    LATE,
    /** It does not want to be first any more, and is in the line no more. */
    UNWANTED
  }

  /** One who is not first yet. */
  private static final class Waiter {
    private final Condition turn;
    private final BooleanSupplier wanted;
    private boolean first;
    private boolean gone;

    Waiter(Condition turn, BooleanSupplier wanted) {
      this.turn = turn;
      this.wanted = wanted;
    }
  }

  /**
   * Waits until it is first.
   *
   * @param wanted whether it still wants to be: asked at each {@link #recheck()}, under the line's
   *     lock
   */
  QueueResult enter(Lane lane, long nanos, BooleanSupplier wanted) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!taken) {
        taken = true;
        count(lane);
        return QueueResult.FIRST;
      }
      Waiter waiter = new Waiter(lock.newCondition(), wanted);
      of(lane).addLast(waiter);
      return awaitTurn(waiter, lane, nanos);
    } finally {
      lock.unlock();
    }
  }

  /** Who does not want to be first any more leaves, wherever he stands. */
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
          boolean goes = !waiter.wanted.getAsBoolean();
          if (goes) {
            waiter.gone = true;
            waiter.turn.signal();
          }
          return goes;
        });
  }

  /** The next one is first. */
  void leave() {
    lock.lock();
    try {
      signalNext();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a live one who waits would be next. */
  boolean isLiveNext() {
    lock.lock();
    try {
      return !live.isEmpty() && liveInARow < MAX_CONSECUTIVE_LIVE;
    } finally {
      lock.unlock();
    }
  }

  /** How many wait to be first. */
  int length() {
    lock.lock();
    try {
      return live.size() + batch.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The first, who is not live, lets a live one go before him, and waits to be first again.
   *
   * @param wanted as of {@link #enter}
   */
  QueueResult yieldToLive(long nanos, BooleanSupplier wanted) throws InterruptedException {
    lock.lock();
    try {
      Waiter waiter = new Waiter(lock.newCondition(), wanted);
      batch.addFirst(waiter);
      signalNext();
      return awaitTurn(waiter, Lane.BATCH, nanos);
    } finally {
      lock.unlock();
    }
  }

  private QueueResult awaitTurn(Waiter waiter, Lane lane, long nanos) throws InterruptedException {
    long left = nanos;
    try {
      while (!waiter.first && !waiter.gone && left > 0) {
        left = waiter.turn.awaitNanos(left);
      }
    } catch (InterruptedException stopped) {
      if (waiter.first) {
        signalNext();
      } else {
        of(lane).remove(waiter);
      }
      throw stopped;
    }
    if (waiter.first) {
      return QueueResult.FIRST;
    }
    of(lane).remove(waiter);
    return waiter.gone ? QueueResult.UNWANTED : QueueResult.LATE;
  }

  private void signalNext() {
    Waiter next = next();
    taken = next != null;
    if (next != null) {
      next.first = true;
      next.turn.signal();
    }
  }

  private @Nullable Waiter next() {
    boolean takesLive = !live.isEmpty() && (batch.isEmpty() || liveInARow < MAX_CONSECUTIVE_LIVE);
    Lane lane = takesLive ? Lane.LIVE : Lane.BATCH;
    Waiter next = of(lane).pollFirst();
    if (next != null) {
      count(lane);
    }
    return next;
  }

  private void count(Lane lane) {
    liveInARow = lane == Lane.LIVE ? liveInARow + 1 : 0;
  }

  private Deque<Waiter> of(Lane lane) {
    return lane == Lane.LIVE ? live : batch;
  }
}
