package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.Lane;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.bucket.Due;
import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Dimension;
import dev.sluice.worker.pace.Probed;
import dev.sluice.worker.pace.Rates;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one route in one worker.
 *
 * <p>Callers stand in a {@link Line}. The first waits, in this order, for a rest of the route to
 * end, for a place among the calls in flight, and for the time at which the buckets have its call
 * paid. So the end of a rest never sets a herd free: each call is charged before the next one
 * looks.
 */
final class RouteLimiter implements RateLimiter {
  /** A wait that is longer is looked at again: the pace may have risen meanwhile. */
  private static final long LOOK_AGAIN = Duration.ofMillis(200).toNanos();

  private static final long LOOK_FOR_LIVE = Duration.ofMillis(5).toNanos();

  /** A pace that is so much faster is worth another place in the buckets. */
  private static final double NOTABLY_FASTER = 1.1;

  /** The buckets' refill is set anew when it is off by more, or was not set for so long. */
  private static final double NOTABLE = 0.02;

  private static final long REPEAT_PACE = Duration.ofSeconds(1).toNanos();

  /** Lateness that the distance to the limit covers. */
  private static final long COVERED = Duration.ofMillis(4).toNanos();

  private final Line line = new Line();
  private final AtomicInteger liveWaiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Buckets buckets;
  private final Fleet fleet;
  private final RouteState state;

  private final Corrections corrections;

  /** By how much the first in line missed its time, in nanoseconds. */
  private long late;

  private Rates paced = Rates.UNBOUNDED;
  private long pacedAt = System.nanoTime();
  private int running;
  private boolean closed;
  private volatile @Nullable String waitsFor;

  RouteLimiter(RouteSettings route, Buckets buckets, Fleet fleet, RandomGenerator random) {
    this.buckets = buckets;
    this.fleet = fleet;
    this.state = new RouteState(route, fleet, random, System.nanoTime());
    this.corrections = new Corrections(buckets, route.provider().dialect());
  }

  @Override
  public Admission acquire(
      String task, Lane lane, Estimate tokens, Duration patience, BooleanSupplier wanted)
      throws InterruptedException {
    Wish wish = new Wish(lane, System.nanoTime() + patience.toNanos(), wanted);
    waiting.incrementAndGet();
    try {
      if (!enter(lane, patience)) {
        return new Admission.Later();
      }
      return firstInLine(task, tokens, wish);
    } finally {
      waiting.decrementAndGet();
    }
  }

  private boolean enter(Lane lane, Duration patience) throws InterruptedException {
    if (lane == Lane.BATCH) {
      return line.enter(lane, patience.toNanos());
    }
    liveWaiting.incrementAndGet();
    try {
      locked(
          () -> {
            changed.signalAll(); // a batch's call that waits to be paid lets it go before
            return true;
          });
      return line.enter(lane, patience.toNanos());
    } finally {
      liveWaiting.decrementAndGet();
    }
  }

  @Override
  public void lookAgain() {
    locked(
        () -> {
          changed.signalAll();
          return true;
        });
  }

  @Override
  public boolean limitsTokens() {
    return locked(() -> state.countsTokens(System.nanoTime()));
  }

  @Override
  public void heard(HoldKind kind, String reason, Duration rest, Map<Dimension, Probed> probed) {
    locked(
        () -> {
          state.heard(kind, reason, rest, probed, System.nanoTime());
          changed.signalAll();
          return true;
        });
  }

  @Override
  public void steer(Steering wanted) {
    locked(
        () -> {
          state.steer(wanted, System.nanoTime());
          changed.signalAll();
          return true;
        });
  }

  @Override
  public boolean isIdle() {
    return waiting.get() == 0 && locked(() -> running == 0);
  }

  @Override
  public LimiterView view() {
    return locked(
        () -> {
          long now = System.nanoTime();
          return new LimiterView(
              running,
              waiting.get(),
              waitsFor,
              state.hold(now),
              state.limits(now),
              buckets.keptIn(),
              fleet.part(),
              state.calls());
        });
  }

  @Override
  public void close() {
    locked(
        () -> {
          closed = true;
          changed.signalAll();
          return true;
        });
  }

  /** What became of a wait. */
  private enum Waited {
    DONE,
    SCOUT,
    AGAIN,
    YIELD,
    GIVEN_UP,
    UNWANTED,
    CLOSED
  }

  /** In which lane a caller waits, until when, and whether it still wants to. */
  private record Wish(Lane lane, long giveUp, BooleanSupplier wanted) {}

  /** Why nobody needs to wait on; null where somebody does. */
  private @Nullable Waited ended(Wish wish, long now) {
    if (closed) {
      return Waited.CLOSED;
    }
    if (!wish.wanted().getAsBoolean()) {
      return Waited.UNWANTED;
    }
    return now - wish.giveUp() >= 0 ? Waited.GIVEN_UP : null;
  }

  /** Null where the wait came to its good end, or is to be begun again. */
  private static @Nullable Admission refusal(Waited waited) {
    return switch (waited) {
      case GIVEN_UP -> new Admission.Later();
      case UNWANTED -> new Admission.Unwanted();
      case CLOSED -> new Admission.Closed();
      case DONE, SCOUT, AGAIN, YIELD -> null;
    };
  }

  private Admission firstInLine(String task, Estimate tokens, Wish wish)
      throws InterruptedException {
    boolean isFirst = true;
    try {
      while (true) {
        Admission admission = asFirst(task, tokens, wish);
        if (admission != null) {
          return admission;
        }
        isFirst = false;
        isFirst = line.letLiveGoBefore(wish.giveUp() - System.nanoTime());
        if (!isFirst) {
          return new Admission.Later();
        }
      }
    } finally {
      if (isFirst) {
        waitsFor = null;
        line.leave();
      }
    }
  }

  /** Null where a live call is to go before. */
  private @Nullable Admission asFirst(String task, Estimate tokens, Wish wish)
      throws InterruptedException {
    while (true) {
      Waited turn = awaitTurn(wish);
      Admission refused = refusal(turn);
      if (refused != null) {
        return refused;
      }
      Cost cost = locked(() -> state.charged(tokens, System.nanoTime()));
      setPace();
      Due due = buckets.take(cost);
      boolean isPaid = false;
      try {
        Waited paid = awaitDue(due, wish);
        isPaid = paid == Waited.DONE;
        if (isPaid) {
          moveLaterCalls();
          return new Admission.Granted(begin(task, tokens, cost, turn == Waited.SCOUT));
        }
        refused = refusal(paid);
        if (refused != null || paid == Waited.YIELD) {
          return refused;
        }
      } finally {
        if (!isPaid) {
          buckets.giveBack(cost, true);
        }
      }
    }
  }

  /** Waits until the route does not rest and there is a place among the calls in flight. */
  private Waited awaitTurn(Wish wish) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = System.nanoTime();
        Waited ended = ended(wish, now);
        if (ended != null) {
          return ended;
        }
        Gate.Turn turn = state.turn(now);
        if (turn instanceof Gate.Turn.Resting resting) {
          waitsFor = "hold";
          changed.await(Math.min(resting.until(), wish.giveUp()) - now, TimeUnit.NANOSECONDS);
          continue;
        }
        String missing = state.missingRoom(running, now);
        if (missing == null) {
          return turn instanceof Gate.Turn.Scout ? Waited.SCOUT : Waited.DONE;
        }
        waitsFor = missing;
        changed.await(Math.min(wish.giveUp() - now, LOOK_AGAIN), TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the call is paid, or until its place in the buckets is not worth keeping. */
  private Waited awaitDue(Due due, Wish wish) throws InterruptedException {
    long dueAt = System.nanoTime() + due.nanos();
    lock.lockInterruptibly();
    try {
      waitsFor = due.nanos() == 0 ? null : due.by().wireName();
      while (true) {
        long now = System.nanoTime();
        Waited ended = ended(wish, now);
        if (ended == Waited.CLOSED || ended == Waited.UNWANTED) {
          return ended;
        }
        if (state.turn(now) instanceof Gate.Turn.Resting) {
          return Waited.AGAIN;
        }
        if (dueAt - now <= 0) {
          late = due.nanos() == 0 ? 0 : now - dueAt;
          return Waited.DONE;
        }
        if (ended != null) {
          return ended;
        }
        if (wish.lane() == Lane.BATCH && liveWaiting.get() > 0 && line.isLiveNext()) {
          return Waited.YIELD;
        }
        if (dueAt - now > LOOK_AGAIN / 4 && isNotablyFaster(due.by(), now)) {
          return Waited.AGAIN;
        }
        changed.await(
            Math.min(Math.min(dueAt, wish.giveUp()) - now, look(wish.lane())),
            TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A live one that is on its way into the line is looked for again at once. */
  private long look(Lane lane) {
    return lane == Lane.BATCH && liveWaiting.get() > 0 ? LOOK_FOR_LIVE : LOOK_AGAIN;
  }

  /**
   * Without this the next call would be nearer to a late one than the pace says, and where the
   * provider counts by the second, one too many in that second. More than its own place is not left
   * out: who was late by seconds met nobody in between.
   */
  private void moveLaterCalls() {
    if (paced.punctual() && late > COVERED) {
      double requests = (late - COVERED) / 1e9 * paced.of(Dimension.REQUESTS).orElse(0);
      buckets.skip(Math.min(requests, 1));
    }
  }

  private boolean isNotablyFaster(Dimension by, long now) {
    double then = paced.of(by).orElse(Double.POSITIVE_INFINITY);
    return state.rates(now).of(by).orElse(Double.POSITIVE_INFINITY) > NOTABLY_FASTER * then;
  }

  /** Only the first in line calls it, without the lock: the buckets may be far away. */
  private void setPace() {
    long now = System.nanoTime();
    Rates rates = locked(() -> state.rates(now));
    if (rates.differsFrom(paced, NOTABLE) || now - pacedAt > REPEAT_PACE) {
      buckets.pace(rates);
      pacedAt = now;
      paced = rates;
    }
  }

  private Permit begin(String task, Estimate tokens, Cost cost, boolean scout) {
    return locked(
        () -> {
          running++;
          long now = System.nanoTime();
          boolean isScout = scout && state.scoutLeft(now);
          return new CallPermit(new MadeCall(task, tokens, cost, now), isScout);
        });
  }

  private <T> T locked(Supplier<T> what) {
    lock.lock();
    try {
      return what.get();
    } finally {
      lock.unlock();
    }
  }

  /** The permit of one call. */
  private final class CallPermit implements Permit {
    private final MadeCall call;
    private final boolean scout;

    CallPermit(MadeCall call, boolean scout) {
      this.call = call;
      this.scout = scout;
    }

    @Override
    public Verdict end(CallEnd end) {
      Verdict verdict =
          locked(
              () -> {
                running--;
                Verdict said = state.ended(call, end, scout, System.nanoTime());
                changed.signalAll();
                return said;
              });
      corrections.putRight(call.charged(), end);
      return verdict;
    }
  }
}
