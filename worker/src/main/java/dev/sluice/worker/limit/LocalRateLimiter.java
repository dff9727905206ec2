package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings.Limits;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The limits of one process, in memory.
 *
 * <p>Callers queue at a fair lock. Only the first in line waits for a hold to end and for the two
 * budgets, so that a hold's end never sets a herd free: each call pays before the next one looks.
 */
final class LocalRateLimiter implements RateLimiter {
  private final ReentrantLock line = new ReentrantLock(true);
  private final ReentrantLock state = new ReentrantLock();
  private final Condition changed = state.newCondition();
  private final Budget requests;
  private final Budget tokens;
  private final TimeMeter clock;

  private long heldUntilNanos;
  private boolean closed;

  LocalRateLimiter(Limits limits, TimeMeter clock) {
    this.requests = Budget.perMinute(limits.requestsPerMinute(), clock);
    this.tokens = Budget.perMinute(limits.tokensPerMinute(), clock);
    this.clock = clock;
    this.heldUntilNanos = clock.currentTimeNanos();
  }

  @Override
  public Admission acquire(long wanted) throws InterruptedException {
    line.lockInterruptibly();
    try {
      Reservation reservation = new Reservation(wanted);
      try {
        if (waitUntil(reservation.dueNanos)) {
          return new Admission.Granted(reservation);
        }
      } catch (InterruptedException stopped) {
        reservation.giveBack();
        throw stopped;
      }
      reservation.giveBack();
      return new Admission.Closed();
    } finally {
      line.unlock();
    }
  }

  @Override
  public boolean limitsTokens() {
    return tokens.isLimited();
  }

  @Override
  public void hold(Duration time) {
    state.lock();
    try {
      long until = clock.currentTimeNanos() + time.toNanos();
      if (until - heldUntilNanos > 0) {
        heldUntilNanos = until;
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void close() {
    state.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }

  /** Waits for that time and for the end of any hold, also of one that comes meanwhile. */
  private boolean waitUntil(long dueNanos) throws InterruptedException {
    state.lockInterruptibly();
    try {
      boolean held = false;
      while (!closed) {
        long now = clock.currentTimeNanos();
        long left = Math.max(dueNanos - now, heldUntilNanos - now);
        if (left <= 0) {
          if (held) {
            requests.empty(); // what came in meanwhile would go out with this call, as a burst
          }
          return true;
        }
        held |= heldUntilNanos - now > 0;
        changed.await(left, TimeUnit.NANOSECONDS);
      }
      return false;
    } finally {
      state.unlock();
    }
  }

  /** A call's share of both budgets, taken before the time at which it is due. */
  private final class Reservation implements Permit {
    private final long reserved;
    private final long dueNanos;

    Reservation(long wanted) {
      this.reserved = Math.max(0, wanted);
      long wait = Math.max(requests.take(1), tokens.take(reserved));
      this.dueNanos = clock.currentTimeNanos() + wait;
    }

    @Override
    public void settle(long usedTokens) {
      tokens.correct(reserved - usedTokens);
    }

    @Override
    public void giveBack() {
      requests.correct(1);
      tokens.correct(reserved);
    }
  }
}
