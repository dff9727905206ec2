package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.InferredLimit;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of one route in one worker.
 *
 * <p>Callers wait in a {@link PermitQueue}. The head passes these steps, in a loop:
 *
 * <pre>
 *   1. Wait until the route is not held and a slot for a call in flight is free. If only the
 *        call's source is held, end the request: the consumer is needed for other sources.
 *   2. Set the refill rates, and reserve the call's cost in the buckets.
 *   3. Wait for the reservation's delay. On one of these events, refund the cost and
 *        hold starts, or the rate rises        go to 1
 *        batch head, and a live caller waits   yield to it, then go to 1
 *        batch head, and a peer's live call    pause for 30 ms, then go to 1
 *        live head, and the delay is long      announce it to the peers, then go to 1
 *   4. Grant the permit; the next caller becomes the head.
 * </pre>
 *
 * <p>Each call is charged before the next caller's turn, so the end of a hold never causes a burst.
 *
 * <p>Live priority between workers: a live head announces its call if it would wait for more than
 * two of the route's permits behind the peers' batch calls. The peers' batch heads then reserve
 * again, behind the live call.
 */
final class RouteLimiter implements RateLimiter {
  /** A longer wait is rechecked at this interval, because the rate may have risen. */
  private static final long RECHECK_INTERVAL = Duration.ofMillis(200).toNanos();

  private static final long LIVE_RECHECK_INTERVAL = Duration.ofMillis(5).toNanos();

  /** The maximum number of permits that a live call waits for behind the peers' batch calls. */
  private static final int MAX_PERMITS_BEFORE_LIVE = 2;

  /** A shorter delay is not worth a message to the peers. */
  private static final long MIN_OVERTAKE_DELAY = Duration.ofMillis(15).toNanos();

  /** Time for a live-priority message to reach the peers and take effect. */
  private static final long ANNOUNCEMENT_LATENCY = Duration.ofMillis(4).toNanos();

  /** On a busy machine the peers need a multiple of that time. */
  private static final int MAX_ANNOUNCEMENT_RETRIES = 6;

  private static final Duration YIELD_PAUSE = Duration.ofMillis(30);

  private final PermitQueue permitQueue = new PermitQueue();
  private final AtomicInteger liveWaiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Set<CallOrigin> waitingOrigins = new HashSet<>();
  private final Buckets buckets;
  private final RefillController refillController;
  private final PeerWorkers peerWorkers;
  private final RouteState state;
  private final UsageReconciler usageReconciler;

  /** By how much the head's latest call is late, in nanoseconds. */
  private long lateNanos;

  /** How long the source of the head's call is held. */
  private Duration sourceHeldFor = Duration.ZERO;

  private long livePriorityAt = System.nanoTime() - 2 * MIN_OVERTAKE_DELAY;
  private int running;
  private boolean closed;
  private volatile @Nullable String waitsFor;

  RouteLimiter(
      RouteSettings route, Buckets buckets, PeerWorkers peerWorkers, RandomGenerator random) {
    this.buckets = buckets;
    this.refillController = new RefillController(buckets);
    this.peerWorkers = peerWorkers;
    this.state = new RouteState(route, peerWorkers, random, System.nanoTime());
    this.usageReconciler =
        new UsageReconciler(
            buckets,
            route.provider().dialect(),
            cost -> locked(() -> state.capToOneMinute(cost, System.nanoTime())));
  }

  @Override
  public Admission acquire(
      CallOrigin origin, Lane lane, EstimatedUsage usage, Duration timeout, BooleanSupplier wanted)
      throws InterruptedException {
    PermitRequest request =
        new PermitRequest(origin, lane, usage, System.nanoTime() + timeout.toNanos(), wanted);
    waiting.incrementAndGet();
    locked(() -> waitingOrigins.add(origin));
    try {
      Admission notGranted = admissionIfEnded(enter(lane, timeout, wanted));
      return notGranted == null ? atHead(request) : notGranted;
    } finally {
      locked(() -> waitingOrigins.remove(origin));
      waiting.decrementAndGet();
    }
  }

  private PermitQueue.QueueResult enter(Lane lane, Duration timeout, BooleanSupplier wanted)
      throws InterruptedException {
    if (lane == Lane.BATCH) {
      return permitQueue.enter(lane, timeout.toNanos(), wanted);
    }
    liveWaiting.incrementAndGet();
    try {
      update(() -> {}); // a batch head that waits for its delay yields
      return permitQueue.enter(lane, timeout.toNanos(), wanted);
    } finally {
      liveWaiting.decrementAndGet();
    }
  }

  @Override
  public void recheck() {
    permitQueue.recheck();
    update(() -> {});
  }

  @Override
  public boolean limitsTokens() {
    return locked(() -> state.limitsTokens(System.nanoTime()));
  }

  @Override
  public void onPeerHold(
      HoldKind kind,
      String reason,
      Duration duration,
      Map<LimitKind, InferredLimit> inferred,
      Set<String> suspects) {
    update(() -> state.onPeerHold(kind, reason, duration, inferred, suspects, System.nanoTime()));
  }

  @Override
  public void onPeerSourceHold(
      HoldKind kind, String reason, Duration duration, Set<String> sources) {
    update(() -> state.onPeerSourceHold(kind, reason, duration, sources, System.nanoTime()));
  }

  @Override
  public void release(HoldKind kind) {
    update(() -> state.release(kind, System.nanoTime()));
  }

  @Override
  public void onPeerSourceRelease(HoldKind kind, Set<String> sources) {
    update(() -> state.onPeerSourceRelease(kind, sources, System.nanoTime()));
  }

  @Override
  public void onLivePriority(TokenCost cost) {
    buckets.chargeOwnFraction(cost);
    update(() -> livePriorityAt = System.nanoTime());
  }

  @Override
  public void applyOverride(RouteOverride override) {
    update(() -> state.applyOverride(override, System.nanoTime()));
  }

  @Override
  public boolean isIdle() {
    return waiting.get() == 0 && locked(() -> running == 0);
  }

  @Override
  public LimiterStatus status() {
    return locked(
        () -> {
          long now = System.nanoTime();
          return new LimiterStatus(
              running,
              waiting.get(),
              waitsFor,
              state.currentHold(now),
              state.limits(now),
              buckets.limitStorage(),
              peerWorkers.limitFraction(),
              state.calls());
        });
  }

  @Override
  public void close() {
    update(() -> closed = true);
  }

  /** The result of a wait at the head of the queue. */
  private enum WaitResult {
    READY,
    READY_AS_PROBE,
    /** Reserve again. */
    RETRY,
    /** A live caller of this worker goes first. */
    YIELD,
    /** A live call of a peer goes first. */
    PAUSE,
    TIMED_OUT,
    WITHDRAWN,
    SOURCE_HELD,
    SHUTTING_DOWN
  }

  /**
   * A request for a permit.
   *
   * @param deadline nanoseconds of the limiter's clock
   */
  private record PermitRequest(
      CallOrigin origin, Lane lane, EstimatedUsage usage, long deadline, BooleanSupplier wanted) {}

  /** Returns why the request has ended; null if it has not. */
  private @Nullable WaitResult resultIfEnded(PermitRequest request, long now) {
    if (closed) {
      return WaitResult.SHUTTING_DOWN;
    }
    if (!request.wanted().getAsBoolean()) {
      return WaitResult.WITHDRAWN;
    }
    return now - request.deadline() >= 0 ? WaitResult.TIMED_OUT : null;
  }

  /** Returns null if the request has not ended. */
  private @Nullable Admission admissionIfEnded(WaitResult result) {
    return switch (result) {
      case TIMED_OUT -> new Admission.TimedOut();
      case WITHDRAWN -> new Admission.Withdrawn();
      case SOURCE_HELD -> new Admission.SourceHeld(sourceHeldFor);
      case SHUTTING_DOWN -> new Admission.ShuttingDown();
      case READY, READY_AS_PROBE, RETRY, YIELD, PAUSE -> null;
    };
  }

  /** Returns null if the request has not ended. */
  private static @Nullable Admission admissionIfEnded(PermitQueue.QueueResult result) {
    return switch (result) {
      case HEAD -> null;
      case TIMED_OUT -> new Admission.TimedOut();
      case WITHDRAWN -> new Admission.Withdrawn();
    };
  }

  private Admission atHead(PermitRequest request) throws InterruptedException {
    boolean isHead = true;
    try {
      while (true) {
        Admission admission = tryAtHead(request);
        if (admission != null) {
          return admission;
        }
        isHead = false;
        PermitQueue.QueueResult result =
            permitQueue.yieldToLive(request.deadline() - System.nanoTime(), request.wanted());
        isHead = result == PermitQueue.QueueResult.HEAD;
        admission = admissionIfEnded(result);
        if (admission != null) {
          return admission;
        }
      }
    } finally {
      if (isHead) {
        waitsFor = null;
        permitQueue.leave();
      }
    }
  }

  /** Returns null if the head must yield to a live caller. */
  private @Nullable Admission tryAtHead(PermitRequest request) throws InterruptedException {
    int overtakes = 0;
    while (true) {
      WaitResult ready = awaitReady(request);
      Admission ended = admissionIfEnded(ready);
      if (ended != null) {
        return ended;
      }
      TokenCost cost = locked(() -> state.costToReserve(request.usage(), System.nanoTime()));
      refillController.apply(locked(() -> state.rates(System.nanoTime())));
      ReservationDelay delay = buckets.reserve(cost);
      boolean overtake =
          overtakes < MAX_ANNOUNCEMENT_RETRIES && waitsForPeers(delay, cost, request);
      boolean isGranted = false;
      WaitResult due;
      try {
        if (overtake && overtakes++ == 0) {
          buckets.refundPeerFractions(cost);
          peerWorkers.announceLivePriority(cost);
        }
        due = awaitDelay(delay, request, overtake ? ANNOUNCEMENT_LATENCY : delay.nanos());
        isGranted = due == WaitResult.READY;
        if (isGranted) {
          refillController.onLateCall(lateNanos);
          return new Admission.Granted(
              startCall(request, cost, ready == WaitResult.READY_AS_PROBE));
        }
        ended = admissionIfEnded(due);
        if (ended != null || due == WaitResult.YIELD) {
          return ended;
        }
      } finally {
        if (!isGranted) {
          buckets.refund(cost, true);
        }
      }
      if (due == WaitResult.PAUSE) {
        Thread.sleep(YIELD_PAUSE);
      }
    }
  }

  /** Whether a live call would queue behind too many permits of the peers' batch calls. */
  private boolean waitsForPeers(ReservationDelay delay, TokenCost cost, PermitRequest request) {
    if (request.lane() != Lane.LIVE
        || delay.nanos() < MIN_OVERTAKE_DELAY
        || peerWorkers.limitFraction() >= 1) {
      return false;
    }
    return refillController.isLongerThan(MAX_PERMITS_BEFORE_LIVE, delay, cost);
  }

  /** Waits until the route is not held and a slot for a call in flight is free. */
  private WaitResult awaitReady(PermitRequest request) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = System.nanoTime();
        WaitResult ended = resultIfEnded(request, now);
        if (ended != null) {
          return ended;
        }
        RouteHold.State holdState = state.holdState(request.origin(), waitingOrigins, now);
        if (holdState instanceof RouteHold.State.SourceHeld held) {
          sourceHeldFor = Duration.ofNanos(Math.max(0, held.until() - now));
          return WaitResult.SOURCE_HELD;
        }
        if (holdState instanceof RouteHold.State.Held held) {
          waitsFor = "hold";
          changed.await(Math.min(held.until(), request.deadline()) - now, TimeUnit.NANOSECONDS);
          continue;
        }
        String reachedLimit = state.reachedConcurrencyLimit(running, now);
        if (reachedLimit == null) {
          return holdState instanceof RouteHold.State.Probe
              ? WaitResult.READY_AS_PROBE
              : WaitResult.READY;
        }
        waitsFor = reachedLimit;
        changed.await(Math.min(request.deadline() - now, RECHECK_INTERVAL), TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a reservation's delay, or until the reservation must be given up.
   *
   * @param maxNanos after this time the caller reserves again
   */
  private WaitResult awaitDelay(ReservationDelay delay, PermitRequest request, long maxNanos)
      throws InterruptedException {
    long start = System.nanoTime();
    long dueAt = start + delay.nanos();
    lock.lockInterruptibly();
    try {
      waitsFor = delay.nanos() == 0 ? null : delay.by().wireName() + "_per_minute";
      while (true) {
        long now = System.nanoTime();
        WaitResult ended = resultIfEnded(request, now);
        if (ended == WaitResult.SHUTTING_DOWN || ended == WaitResult.WITHDRAWN) {
          return ended;
        }
        switch (state.holdState(request.origin(), waitingOrigins, now)) {
          case RouteHold.State.Held held -> {
            return WaitResult.RETRY;
          }
          case RouteHold.State.SourceHeld held -> {
            return WaitResult.RETRY;
          }
          case RouteHold.State.Open open -> {}
          case RouteHold.State.Probe probe -> {}
        }
        if (dueAt - now <= 0) {
          lateNanos = delay.nanos() == 0 ? 0 : now - dueAt;
          return WaitResult.READY;
        }
        if (ended != null) {
          return ended;
        }
        if (now - start >= maxNanos) {
          return WaitResult.RETRY;
        }
        if (request.lane() == Lane.BATCH && liveWaiting.get() > 0 && permitQueue.isLiveNext()) {
          return WaitResult.YIELD;
        }
        if (request.lane() == Lane.BATCH
            && now - livePriorityAt < MIN_OVERTAKE_DELAY
            && dueAt - now > 2 * MIN_OVERTAKE_DELAY) {
          livePriorityAt = now - 2 * MIN_OVERTAKE_DELAY; // pause only once per announcement
          return WaitResult.PAUSE;
        }
        if (dueAt - now > RECHECK_INTERVAL / 4
            && refillController.isSlowerThan(state.rates(now), delay.by())) {
          return WaitResult.RETRY;
        }
        changed.await(
            Math.min(
                Math.min(dueAt, request.deadline()) - now,
                Math.min(start + maxNanos - now, recheckInterval(request.lane()))),
            TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A live caller may be counted as waiting shortly before it is in the queue. */
  private long recheckInterval(Lane lane) {
    return lane == Lane.BATCH && liveWaiting.get() > 0 ? LIVE_RECHECK_INTERVAL : RECHECK_INTERVAL;
  }

  private Permit startCall(PermitRequest request, TokenCost cost, boolean asProbe) {
    return locked(
        () -> {
          running++;
          long now = System.nanoTime();
          RouteState.Probe probe = asProbe ? state.startProbe(request.origin(), now) : null;
          return new CallPermit(
              new InFlightCall(request.origin(), request.usage(), cost, now), probe);
        });
  }

  /** Changes the state under the lock, and wakes the head. */
  private void update(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  private final class CallPermit implements Permit {
    private final InFlightCall call;
    private final RouteState.@Nullable Probe probe;

    CallPermit(InFlightCall call, RouteState.@Nullable Probe probe) {
      this.call = call;
      this.probe = probe;
    }

    @Override
    public RouteHealth end(CallFeedback feedback) {
      RouteHealth health =
          locked(
              () -> {
                running--;
                RouteHealth result = state.onCallEnded(call, feedback, probe, System.nanoTime());
                changed.signalAll();
                return result;
              });
      usageReconciler.reconcile(call.reserved(), feedback);
      return health;
    }
  }
}
