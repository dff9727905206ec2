package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of one route in one worker: the threads, and the loop of the queue's head.
 *
 * <p>Callers wait in a {@link PermitQueue}. Its head asks {@link AdmissionPolicy} for the next
 * {@link AdmissionDecision} and acts, until it has a permit or is rejected. Then the next caller is
 * the head.
 *
 * <p>Each call is charged before the next caller is admitted, so the end of a hold never causes a
 * burst. The buckets are called without the lock: Redis may take some time to reply.
 */
final class RouteLimiter implements RateLimiter {
  private final NanoClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final PermitQueue permitQueue;

  /** The head waits on it. */
  private final Condition changed;

  /** The origins of all waiting requests, in the order of their arrival. */
  private final Deque<CallOrigin> waiting = new ArrayDeque<>();

  private final Buckets buckets;
  private final RefillController refillController;
  private final PeerWorkers peerWorkers;
  private final LivePriority livePriority;
  private final RouteState state;
  private final UsageReconciler usageReconciler;
  private int running;
  private boolean closed;
  private @Nullable String waitsFor;

  RouteLimiter(
      RouteSettings route,
      Buckets buckets,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      NanoClock clock) {
    this.clock = clock;
    this.permitQueue = new PermitQueue(lock, clock);
    this.changed = permitQueue.headChanged();
    this.buckets = buckets;
    this.refillController = new RefillController(buckets, clock.nanos());
    this.peerWorkers = peerWorkers;
    this.livePriority = new LivePriority(clock.nanos());
    this.state = new RouteState(route, peerWorkers, random, clock.nanos());
    this.usageReconciler =
        new UsageReconciler(
            buckets,
            route.provider().dialect(),
            cost -> locked(() -> state.capToOneMinute(cost, clock.nanos())));
  }

  @Override
  public Admission acquire(
      CallOrigin origin,
      Lane lane,
      Supplier<EstimatedUsage> estimator,
      Duration timeout,
      BooleanSupplier wanted)
      throws InterruptedException {
    DeferredEstimate estimate = new DeferredEstimate(estimator);
    if (limitsTokens()) {
      estimate.make();
    }
    PermitRequest request =
        new PermitRequest(origin, lane, estimate, clock.nanos() + timeout.toNanos(), wanted);
    locked(() -> waiting.add(origin));
    try {
      PermitQueue.QueueResult result = permitQueue.enter(request);
      return result == PermitQueue.QueueResult.HEAD ? atHead(request) : notGranted(result);
    } finally {
      locked(() -> waiting.remove(origin));
    }
  }

  private static Admission notGranted(PermitQueue.QueueResult result) {
    return result == PermitQueue.QueueResult.WITHDRAWN
        ? new Admission.Withdrawn()
        : new Admission.TimedOut();
  }

  @Override
  public void recheck() {
    update(permitQueue::recheck);
  }

  private boolean limitsTokens() {
    return locked(() -> state.limitsTokens(clock.nanos()));
  }

  @Override
  public void onPeerAnnouncement(HoldAnnouncement announcement) {
    update(() -> state.onPeerAnnouncement(announcement, clock.nanos()));
  }

  @Override
  public void release(HoldKind kind) {
    update(() -> state.release(kind, clock.nanos()));
  }

  @Override
  public void onLivePriority(TokenCost cost) {
    buckets.chargeOwnFraction(cost);
    update(() -> livePriority.onPeersCall(clock.nanos()));
  }

  @Override
  public void applyOverride(RouteOverride override) {
    update(() -> state.applyOverride(override, clock.nanos()));
  }

  @Override
  public boolean isIdle() {
    return locked(() -> waiting.isEmpty() && running == 0);
  }

  @Override
  public LimiterStatus status() {
    return locked(
        () -> {
          long now = clock.nanos();
          return new LimiterStatus(
              running,
              waiting.size(),
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

  private Admission atHead(PermitRequest request) throws InterruptedException {
    QueueHead head = new QueueHead(request, buckets, refillController, peerWorkers, clock);
    boolean isHead = true;
    try {
      while (true) {
        switch (awaitAction(head)) {
          case AdmissionDecision.Reserve reserve -> {
            if (limitsTokens() && !request.estimate().isMade()) {
              request.estimate().make(); // the first reply came while it waited
            } else {
              TokenCost cost =
                  locked(() -> state.costToReserve(request.estimate().usage(), clock.nanos()));
              head.reserve(cost, locked(() -> state.rates(clock.nanos())));
            }
          }
          case AdmissionDecision.Grant grant -> {
            TokenCost reserved = head.spend(grant.lateNanos());
            return new Admission.Granted(startCall(request, reserved, grant.asProbe()));
          }
          case AdmissionDecision.Refund refund -> head.refund();
          case AdmissionDecision.Pause pause -> {
            head.refund();
            update(() -> livePriority.onPause(clock.nanos()));
          }
          case AdmissionDecision.Yield yield -> {
            head.refund();
            isHead = false;
            PermitQueue.QueueResult result = permitQueue.yieldToLive(request);
            isHead = result == PermitQueue.QueueResult.HEAD;
            if (!isHead) {
              return notGranted(result);
            }
          }
          case AdmissionDecision.Reject reject -> {
            return reject.admission();
          }
        }
      }
    } finally {
      try {
        head.refund();
      } finally { // without a next head, the route would make no progress
        if (isHead) {
          leave();
        }
      }
    }
  }

  /** Waits as long as the policy says so, and returns the next action of the head. */
  private AdmissionDecision.Action awaitAction(QueueHead head) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = clock.nanos();
        switch (AdmissionPolicy.next(
            stateFor(head, now), head.request(), head.reservation(), now)) {
          case AdmissionDecision.WaitUntil wait -> {
            waitsFor = wait.reason() == null ? waitsFor : wait.reason();
            long unused = changed.awaitNanos(wait.time() - now);
          }
          case AdmissionDecision.Action action -> {
            return action;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private LimiterState stateFor(QueueHead head, long now) {
    Reservation reservation = head.reservation();
    return new LimiterState(
        closed,
        state.holdState(head.request().origin(), waiting, now),
        state.reachedConcurrencyLimit(running, now),
        reservation == null ? state.quotaWait(head.request().estimate().usage(), now) : null,
        reservation != null
            && reservation.dueAt() - now > 0
            && refillController.isSlowerThan(state.rates(now), reservation.by()),
        permitQueue.isLiveNext(),
        livePriority.isPeersCall(now),
        livePriority.pausedUntil());
  }

  private void leave() {
    lock.lock();
    try {
      waitsFor = null;
      permitQueue.leave();
    } finally {
      lock.unlock();
    }
  }

  private Permit startCall(PermitRequest request, TokenCost reserved, boolean asProbe) {
    return locked(
        () -> {
          running++;
          long now = clock.nanos();
          InFlightCall call =
              state.startCall(request.origin(), request.estimate().usage(), reserved, now);
          HoldProbe probe = asProbe ? state.startProbe(request.origin(), now) : null;
          return feedback -> endCall(call, feedback, probe);
        });
  }

  private RouteHealth endCall(InFlightCall call, CallFeedback feedback, @Nullable HoldProbe probe) {
    RouteHealth health =
        locked(
            () -> {
              running--;
              changed.signalAll();
              return state.onCallEnded(call, feedback, probe, clock.nanos());
            });
    usageReconciler.reconcile(call.reserved(), feedback);
    return health;
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
}
