package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings;
import dev.sluice.common.wire.Lane;
import dev.sluice.worker.bucket.Buckets;
import dev.sluice.worker.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
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
 * <p>Callers stand in a {@link PermitQueue}. The first waits, in this order, for a rest of the
 * route to end, for a place among the calls in flight, and for the time at which the buckets have
 * its call paid. So the end of a rest never sets a herd free: each call is charged before the next
 * one looks.
 */
final class RouteLimiter implements RateLimiter {
  /** A wait that is longer is looked at again: the pace may have risen meanwhile. */
  private static final long RECHECK_INTERVAL = Duration.ofMillis(200).toNanos();

  private static final long LIVE_RECHECK_INTERVAL = Duration.ofMillis(5).toNanos();

  /** So many permits of the route a live call may wait for at most where batches are before it. */
  private static final int PERMITS_BEFORE_LIVE = 2;

  /** Less is not worth a message to the other workers. */
  private static final long MIN_OVERTAKE_DELAY = Duration.ofMillis(15).toNanos();

  /** In this time the other workers have heard of a live call, and have stepped back for it. */
  private static final long ANNOUNCEMENT_LATENCY = Duration.ofMillis(4).toNanos();

  /** On a machine that is busy it takes them some times as long. */
  private static final int MAX_ANNOUNCEMENT_RETRIES = 6;

  private static final Duration YIELD_PAUSE = Duration.ofMillis(30);

  private final PermitQueue permitQueue = new PermitQueue();
  private final AtomicInteger liveWaiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Buckets buckets;
  private final RefillController pace;
  private final PeerWorkers peerWorkers;
  private final RouteState state;

  private final UsageReconciler usageReconciler;

  /** By how much the first in line missed its time, in nanoseconds. */
  private long late;

  private long overtakenAt = System.nanoTime() - 2 * MIN_OVERTAKE_DELAY;

  private int running;
  private boolean closed;
  private volatile @Nullable String waitsFor;

  RouteLimiter(
      RouteSettings route, Buckets buckets, PeerWorkers peerWorkers, RandomGenerator random) {
    this.buckets = buckets;
    this.pace = new RefillController(buckets);
    this.peerWorkers = peerWorkers;
    this.state = new RouteState(route, peerWorkers, random, System.nanoTime());
    this.usageReconciler = new UsageReconciler(buckets, route.provider().dialect());
  }

  @Override
  public Admission acquire(
      String task, Lane lane, EstimatedUsage tokens, Duration patience, BooleanSupplier wanted)
      throws InterruptedException {
    PermitRequest permitRequest =
        new PermitRequest(lane, System.nanoTime() + patience.toNanos(), wanted);
    waiting.incrementAndGet();
    try {
      Admission refused = refusal(enter(lane, patience, wanted));
      return refused == null ? atHead(task, tokens, permitRequest) : refused;
    } finally {
      waiting.decrementAndGet();
    }
  }

  private PermitQueue.QueueResult enter(Lane lane, Duration patience, BooleanSupplier wanted)
      throws InterruptedException {
    if (lane == Lane.BATCH) {
      return permitQueue.enter(lane, patience.toNanos(), wanted);
    }
    liveWaiting.incrementAndGet();
    try {
      locked(
          () -> {
            changed.signalAll(); // a batch's call that waits to be paid lets it go before
            return true;
          });
      return permitQueue.enter(lane, patience.toNanos(), wanted);
    } finally {
      liveWaiting.decrementAndGet();
    }
  }

  @Override
  public void recheck() {
    permitQueue.recheck();
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
  public void onPeerHold(
      HoldKind kind, String reason, Duration rest, Map<LimitKind, InferredLimit> probed) {
    locked(
        () -> {
          state.onPeerHold(kind, reason, rest, probed, System.nanoTime());
          changed.signalAll();
          return true;
        });
  }

  @Override
  public void onLivePriority(TokenCost cost) {
    buckets.payShare(cost);
    locked(
        () -> {
          overtakenAt = System.nanoTime();
          changed.signalAll();
          return true;
        });
  }

  @Override
  public void applyOverride(RouteOverride wanted) {
    locked(
        () -> {
          state.applyOverride(wanted, System.nanoTime());
          changed.signalAll();
          return true;
        });
  }

  @Override
  public boolean isIdle() {
    return waiting.get() == 0 && locked(() -> running == 0);
  }

  @Override
  public LimiterStatus view() {
    return locked(
        () -> {
          long now = System.nanoTime();
          return new LimiterStatus(
              running,
              waiting.get(),
              waitsFor,
              state.hold(now),
              state.limits(now),
              buckets.limitStorage(),
              peerWorkers.limitFraction(),
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
  private enum WaitResult {
    DONE,
    SCOUT,
    AGAIN,
    YIELD,
    STEP_BACK,
    GIVEN_UP,
    UNWANTED,
    CLOSED
  }

  /** In which lane a caller waits, until when, and whether it still wants to. */
  private record PermitRequest(Lane lane, long giveUp, BooleanSupplier wanted) {}

  /** Why nobody needs to wait on; null where somebody does. */
  private @Nullable WaitResult ended(PermitRequest permitRequest, long now) {
    if (closed) {
      return WaitResult.CLOSED;
    }
    if (!permitRequest.wanted().getAsBoolean()) {
      return WaitResult.UNWANTED;
    }
    return now - permitRequest.giveUp() >= 0 ? WaitResult.GIVEN_UP : null;
  }

  /** Null where the wait came to its good end, or is to be begun again. */
  private static @Nullable Admission refusal(WaitResult waitResult) {
    return switch (waitResult) {
      case GIVEN_UP -> new Admission.TimedOut();
      case UNWANTED -> new Admission.Withdrawn();
      case CLOSED -> new Admission.ShuttingDown();
      case DONE, SCOUT, AGAIN, YIELD, STEP_BACK -> null;
    };
  }

  /** Null for who is first. */
  private static @Nullable Admission refusal(PermitQueue.QueueResult queueResult) {
    return switch (queueResult) {
      case FIRST -> null;
      case LATE -> new Admission.TimedOut();
      case UNWANTED -> new Admission.Withdrawn();
    };
  }

  private Admission atHead(String task, EstimatedUsage tokens, PermitRequest permitRequest)
      throws InterruptedException {
    boolean isFirst = true;
    try {
      while (true) {
        Admission admission = tryAtHead(task, tokens, permitRequest);
        if (admission != null) {
          return admission;
        }
        isFirst = false;
        PermitQueue.QueueResult queueResult =
            permitQueue.yieldToLive(
                permitRequest.giveUp() - System.nanoTime(), permitRequest.wanted());
        isFirst = queueResult == PermitQueue.QueueResult.FIRST;
        admission = refusal(queueResult);
        if (admission != null) {
          return admission;
        }
      }
    } finally {
      if (isFirst) {
        waitsFor = null;
        permitQueue.leave();
      }
    }
  }

  /** Null where a live call is to go before. */
  private @Nullable Admission tryAtHead(
      String task, EstimatedUsage tokens, PermitRequest permitRequest) throws InterruptedException {
    int looks = 0;
    while (true) {
      WaitResult turn = awaitTurn(permitRequest);
      Admission refused = refusal(turn);
      if (refused != null) {
        return refused;
      }
      TokenCost cost = locked(() -> state.charged(tokens, System.nanoTime()));
      pace.follow(locked(() -> state.rates(System.nanoTime())));
      ReservationDelay reservationDelay = buckets.reserve(cost);
      boolean overtakes =
          looks < MAX_ANNOUNCEMENT_RETRIES
              && waitsForOtherWorkers(reservationDelay, cost, permitRequest);
      boolean isPaid = false;
      WaitResult paid;
      try {
        if (overtakes && looks++ == 0) {
          buckets.splitCharge(cost);
          peerWorkers.announceLivePriority(cost);
        }
        paid =
            awaitDue(
                reservationDelay,
                permitRequest,
                overtakes ? ANNOUNCEMENT_LATENCY : reservationDelay.nanos());
        isPaid = paid == WaitResult.DONE;
        if (isPaid) {
          pace.moveLaterCalls(late);
          return new Admission.Granted(begin(task, tokens, cost, turn == WaitResult.SCOUT));
        }
        refused = refusal(paid);
        if (refused != null || paid == WaitResult.YIELD) {
          return refused;
        }
      } finally {
        if (!isPaid) {
          buckets.refund(cost, true);
        }
      }
      if (paid == WaitResult.STEP_BACK) {
        Thread.sleep(YIELD_PAUSE);
      }
    }
  }

  /** Whether a live call would wait for more of the route's permits than batches may cost it. */
  private boolean waitsForOtherWorkers(
      ReservationDelay reservationDelay, TokenCost cost, PermitRequest permitRequest) {
    if (permitRequest.lane() != Lane.LIVE
        || reservationDelay.nanos() < MIN_OVERTAKE_DELAY
        || peerWorkers.limitFraction() >= 1) {
      return false;
    }
    return pace.isLongerThan(PERMITS_BEFORE_LIVE, reservationDelay, cost);
  }

  /** Waits until the route does not rest and there is a place among the calls in flight. */
  private WaitResult awaitTurn(PermitRequest permitRequest) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = System.nanoTime();
        WaitResult ended = ended(permitRequest, now);
        if (ended != null) {
          return ended;
        }
        RouteHold.State turn = state.holdState(now);
        if (turn instanceof RouteHold.State.Held resting) {
          waitsFor = "hold";
          changed.await(
              Math.min(resting.until(), permitRequest.giveUp()) - now, TimeUnit.NANOSECONDS);
          continue;
        }
        String missing = state.missingRoom(running, now);
        if (missing == null) {
          return turn instanceof RouteHold.State.Probe ? WaitResult.SCOUT : WaitResult.DONE;
        }
        waitsFor = missing;
        changed.await(
            Math.min(permitRequest.giveUp() - now, RECHECK_INTERVAL), TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the call is paid, or until its place in the buckets is not worth keeping.
   *
   * @param most how long it keeps its place, in nanoseconds
   */
  private WaitResult awaitDue(
      ReservationDelay reservationDelay, PermitRequest permitRequest, long most)
      throws InterruptedException {
    long start = System.nanoTime();
    long dueAt = start + reservationDelay.nanos();
    lock.lockInterruptibly();
    try {
      waitsFor =
          reservationDelay.nanos() == 0 ? null : reservationDelay.by().wireName() + "_per_minute";
      while (true) {
        long now = System.nanoTime();
        WaitResult ended = ended(permitRequest, now);
        if (ended == WaitResult.CLOSED || ended == WaitResult.UNWANTED) {
          return ended;
        }
        if (state.holdState(now) instanceof RouteHold.State.Held) {
          return WaitResult.AGAIN;
        }
        if (dueAt - now <= 0) {
          late = reservationDelay.nanos() == 0 ? 0 : now - dueAt;
          return WaitResult.DONE;
        }
        if (ended != null) {
          return ended;
        }
        if (now - start >= most) {
          return WaitResult.AGAIN;
        }
        if (permitRequest.lane() == Lane.BATCH
            && liveWaiting.get() > 0
            && permitQueue.isLiveNext()) {
          return WaitResult.YIELD;
        }
        if (permitRequest.lane() == Lane.BATCH
            && now - overtakenAt < MIN_OVERTAKE_DELAY
            && dueAt - now > 2 * MIN_OVERTAKE_DELAY) {
          overtakenAt = now - 2 * MIN_OVERTAKE_DELAY;
          return WaitResult.STEP_BACK;
        }
        if (dueAt - now > RECHECK_INTERVAL / 4
            && pace.isSlowerThan(state.rates(now), reservationDelay.by())) {
          return WaitResult.AGAIN;
        }
        changed.await(
            Math.min(
                Math.min(dueAt, permitRequest.giveUp()) - now,
                Math.min(start + most - now, look(permitRequest.lane()))),
            TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A live one that is on its way into the line is looked for again at once. */
  private long look(Lane lane) {
    return lane == Lane.BATCH && liveWaiting.get() > 0 ? LIVE_RECHECK_INTERVAL : RECHECK_INTERVAL;
  }

  private Permit begin(String task, EstimatedUsage tokens, TokenCost cost, boolean scout) {
    return locked(
        () -> {
          running++;
          long now = System.nanoTime();
          boolean isScout = scout && state.probeSent(now);
          return new CallPermit(new InFlightCall(task, tokens, cost, now), isScout);
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
    private final InFlightCall call;
    private final boolean scout;

    CallPermit(InFlightCall call, boolean scout) {
      this.call = call;
      this.scout = scout;
    }

    @Override
    public RouteHealth end(CallFeedback end) {
      RouteHealth routeHealth =
          locked(
              () -> {
                running--;
                RouteHealth said = state.ended(call, end, scout, System.nanoTime());
                changed.signalAll();
                return said;
              });
      usageReconciler.putRight(call.charged(), end);
      return routeHealth;
    }
  }
}
