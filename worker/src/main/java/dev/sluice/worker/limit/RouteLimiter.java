package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of one route in one worker: the threads, and the loop of the queue's head.
 *
 * <p>Callers wait in a {@link PermitQueue}. Its head asks {@link AdmissionPolicy} for the next
 * {@link AdmissionDecision} at each member, lets {@link MemberChoice} choose one, and acts, until
 * it has a permit or is rejected. Then the next caller is the head.
 *
 * <p>Each call is charged before the next caller is admitted, so the end of a hold never causes a
 * burst. The buckets are called without the lock: Redis may take some time to reply.
 */
final class RouteLimiter implements RateLimiter {
  private final NanoClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final LimiterLock guard = new LimiterLock(lock);
  private final PermitQueue permitQueue;

  /** The head waits on it. */
  private final Condition changed;

  /** The origins of all waiting requests, in the order of their arrival. */
  private final Deque<CallOrigin> waiting = new ArrayDeque<>();

  private final PeerWorkers peerWorkers;
  private final RouteMembers members;
  private boolean closed;
  private @Nullable String waitsFor;

  RouteLimiter(
      RouteSettings route,
      Buckets buckets,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      NanoClock clock) {
    this(route, (String account) -> buckets, peerWorkers, random, clock);
  }

  /**
   * @param buckets creates the buckets of an account, by its qualified name
   */
  RouteLimiter(
      RouteSettings route,
      Function<String, Buckets> buckets,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      NanoClock clock) {
    this.clock = clock;
    this.permitQueue = new PermitQueue(lock, clock);
    this.changed = permitQueue.headChanged();
    this.peerWorkers = peerWorkers;
    this.members = RouteMembers.of(route, buckets, peerWorkers, random, clock, guard);
  }

  @Override
  public Admission acquire(
      CallOrigin origin,
      Lane lane,
      Supplier<EstimatedUsage> estimator,
      Duration timeout,
      BooleanSupplier wanted,
      MemberSelection selection)
      throws InterruptedException {
    DeferredEstimate estimate = new DeferredEstimate(estimator);
    if (limitsTokens()) {
      estimate.make();
    }
    PermitRequest request =
        new PermitRequest(origin, lane, estimate, clock.nanos() + timeout.toNanos(), wanted);
    List<MemberLimiter> preferred = members.inOrder(origin, selection);
    guard.locked(() -> waiting.add(origin));
    try {
      PermitQueue.QueueResult result = permitQueue.enter(request);
      return result == PermitQueue.QueueResult.HEAD
          ? atHead(request, preferred)
          : notGranted(result);
    } finally {
      guard.locked(() -> waiting.remove(origin));
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
    return guard.locked(() -> members.limitsTokens(clock.nanos()));
  }

  @Override
  public boolean isOtherMemberOpen(CallOrigin origin, MemberSelection selection) {
    return guard.locked(() -> members.isOtherOpen(origin, selection, waiting, clock.nanos()));
  }

  @Override
  public void onPeerAnnouncement(String member, HoldAnnouncement announcement) {
    update(() -> members.each(member, one -> one.onPeerAnnouncement(announcement, clock.nanos())));
  }

  @Override
  public void release(String member, HoldKind kind) {
    update(() -> members.each(member, one -> one.release(kind, clock.nanos())));
  }

  @Override
  public void onLivePriority(String member, TokenCost cost) {
    members.each(
        member,
        one -> {
          one.account().buckets().chargeOwnFraction(cost);
          update(() -> one.account().livePriority().onPeersCall(clock.nanos()));
        });
  }

  @Override
  public void applyOverride(RouteOverride override) {
    update(() -> members.each("", one -> one.state().applyOverride(override, clock.nanos())));
  }

  @Override
  public boolean isIdle() {
    return guard.locked(() -> waiting.isEmpty() && members.running() == 0);
  }

  @Override
  public LimiterStatus status() {
    return guard.locked(
        () ->
            MemberStatuses.merge(
                members, waiting, waitsFor, peerWorkers.limitFraction(), clock.nanos()));
  }

  @Override
  public void close() {
    update(() -> closed = true);
  }

  private Admission atHead(PermitRequest request, List<MemberLimiter> preferred)
      throws InterruptedException {
    MemberHeads heads =
        MemberHeads.of(request, preferred, preferred.size() < members.all().size(), clock);
    boolean isHead = true;
    try {
      while (true) {
        MemberHeads.Action next = awaitAction(heads);
        MemberHead at = next.member();
        switch (next.action()) {
          case AdmissionDecision.Reserve reserve -> {
            if (limitsTokens() && !request.estimate().isMade()) {
              request.estimate().make(); // the first reply came while it waited
            } else {
              reserve(at, request);
            }
          }
          case AdmissionDecision.Grant grant -> {
            TokenCost reserved = at.head().spend(grant.lateNanos());
            return new Admission.Granted(
                startCall(at.member(), request, reserved, grant.asProbe()));
          }
          case AdmissionDecision.Refund refund -> at.head().refund();
          case AdmissionDecision.Pause pause -> {
            at.head().refund();
            update(() -> at.member().account().livePriority().onPause(clock.nanos()));
          }
          case AdmissionDecision.Yield yield -> {
            heads.refund();
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
        heads.refund();
      } finally { // without a next head, the route would make no progress
        if (isHead) {
          leave();
        }
      }
    }
  }

  private void reserve(MemberHead at, PermitRequest request) {
    RouteState state = at.member().state();
    TokenCost cost =
        guard.locked(() -> state.costToReserve(request.estimate().usage(), clock.nanos()));
    at.head().reserve(cost, guard.locked(() -> state.rates(clock.nanos())));
  }

  /** Waits as long as the policy says so, and returns the next action of the head. */
  private MemberHeads.Action awaitAction(MemberHeads heads) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        long now = clock.nanos();
        MemberLimiter.RouteView route =
            new MemberLimiter.RouteView(
                closed, waiting, members.running(), permitQueue.isLiveNext());
        MemberHeads.Next next = heads.next(route, now);
        switch (next.step()) {
          case AdmissionDecision.WaitUntil wait -> {
            waitsFor = wait.reason() == null ? waitsFor : wait.reason();
            long unused = changed.awaitNanos(wait.time() - now);
          }
          case AdmissionDecision.Action action -> {
            return new MemberHeads.Action(next.member(), action);
          }
        }
      }
    } finally {
      lock.unlock();
    }
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

  private Permit startCall(
      MemberLimiter member, PermitRequest request, TokenCost reserved, boolean asProbe) {
    MemberLimiter.StartedCall call =
        guard.locked(() -> member.startCall(request, reserved, asProbe, clock.nanos()));
    return new MemberPermit(member.name(), feedback -> endCall(member, call, feedback));
  }

  private RouteHealth endCall(
      MemberLimiter member, MemberLimiter.StartedCall call, CallFeedback feedback) {
    RouteHealth health =
        guard.locked(
            () -> {
              changed.signalAll();
              long now = clock.nanos();
              RouteHealth ofMember = member.endCall(call, feedback, now);
              return members.health(ofMember, call.call().origin(), waiting, now);
            });
    member.reconcile(call, feedback);
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
}
