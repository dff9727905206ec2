package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.bucket.Buckets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One worker of a {@link VirtualFleet}: the loop of {@link RouteLimiter} without its threads. The
 * consumers take tasks, and the first waiting call asks {@link AdmissionPolicy} what to do.
 */
final class VirtualWorker {
  private static final long FAR_AWAY = Duration.ofDays(365).toNanos();
  private static final CallOrigin ORIGIN = new CallOrigin("task", "batch", Payload.empty());

  private final VirtualFleet fleet;
  private final VirtualEvents events;
  private final Random random;
  private final PeerWorkers peers;
  private final Buckets buckets;
  private final RefillController refillController;
  private final UsageReconciler usageReconciler;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private @Nullable QueueHead head;
  private int freeConsumers;
  private int running;
  private int wakeUps;

  final RouteState state;

  private record Waiting(VirtualTask task, DeferredEstimate estimate) {}

  VirtualWorker(
      VirtualFleet fleet,
      RouteSettings route,
      PeerWorkers peers,
      VirtualEvents events,
      Random random) {
    this.fleet = fleet;
    this.events = events;
    this.random = random;
    this.peers = peers;
    this.freeConsumers = route.concurrency();
    long now = events.nanos();
    this.state = new RouteState(route, AccountRates.of(route, now), peers, random, now);
    this.buckets = Buckets.partitioned(events, peers::limitFraction);
    this.refillController = new RefillController(buckets, events.nanos());
    this.usageReconciler =
        new UsageReconciler(
            buckets,
            route.provider().dialect(),
            cost -> state.capToOneMinute(cost, events.nanos()));
  }

  /** Gives each free consumer a task, and lets the head of the queue proceed. */
  void proceed() {
    while (freeConsumers > 0) {
      VirtualTask task = fleet.nextTask();
      if (task == null) {
        break;
      }
      freeConsumers--;
      Waiting added = new Waiting(task, new DeferredEstimate(() -> fleet.charge().estimate(task)));
      estimateIfNeeded(added.estimate());
      waiting.add(added);
    }
    while (!waiting.isEmpty() && !isAwaited(currentHead())) {
      // the head has acted, and decides again
    }
  }

  private boolean estimateIfNeeded(DeferredEstimate estimate) {
    if (estimate.isMade() || !state.limitsTokens(events.nanos())) {
      return false;
    }
    estimate.make();
    return true;
  }

  private QueueHead currentHead() {
    QueueHead current = head;
    if (current == null) {
      PermitRequest request =
          new PermitRequest(
              ORIGIN,
              Lane.BATCH,
              waiting.getFirst().estimate(),
              events.nanos() + FAR_AWAY,
              () -> true);
      current = new QueueHead(request, buckets, refillController, peers, events);
      head = current;
    }
    return current;
  }

  /** Performs the next step of the head. Returns whether it waits. */
  private boolean isAwaited(QueueHead current) {
    long now = events.nanos();
    Reservation reservation = current.reservation();
    switch (AdmissionPolicy.next(stateFor(current, now), current.request(), reservation, now)) {
      case AdmissionDecision.WaitUntil wait -> {
        wakeAfter(wait.time() - now);
        return true;
      }
      case AdmissionDecision.Reserve reserve -> {
        DeferredEstimate estimate = current.request().estimate();
        if (!estimateIfNeeded(estimate)) {
          current.reserve(state.costToReserve(estimate.usage(), now), state.rates(now));
        }
      }
      case AdmissionDecision.Grant grant -> send(current, grant);
      case AdmissionDecision.Refund refund -> current.refund();
      case AdmissionDecision.Pause pause ->
          throw new IllegalStateException("there are no live calls");
      case AdmissionDecision.Yield yield ->
          throw new IllegalStateException("there are no live calls");
      case AdmissionDecision.Reject reject ->
          throw new IllegalStateException("rejected: " + reject);
    }
    return false;
  }

  private LimiterState stateFor(QueueHead current, long now) {
    Reservation reservation = current.reservation();
    return new LimiterState(
        /* closed= */ false,
        state.holdState(ORIGIN, List.of(), now),
        state.reachedConcurrencyLimit(running, running, now),
        reservation == null ? state.quotaWait(current.request().estimate().usage(), now) : null,
        reservation != null
            && reservation.dueAt() - now > 0
            && refillController.isSlowerThan(state.rates(now), reservation.by()),
        /* liveNext= */ false,
        /* peersLiveCall= */ false,
        /* pausedUntil= */ now);
  }

  /** A thread wakes up to 1 ms late, and one time in a hundred 15 ms late. */
  private void wakeAfter(long nanos) {
    int wakeUp = ++wakeUps;
    double lateMillis = random.nextInt(100) == 0 ? 15 : random.nextDouble();
    events.after(
        Math.max(0, nanos) + (long) (lateMillis * 1e6),
        () -> {
          if (wakeUp == wakeUps) {
            proceed();
          }
        });
  }

  private void send(QueueHead current, AdmissionDecision.Grant grant) {
    long now = events.nanos();
    Waiting sent = waiting.removeFirst();
    head = null;
    running++;
    InFlightCall call =
        state.startCall(ORIGIN, sent.estimate().usage(), current.spend(grant.lateNanos()), now);
    HoldProbe probe = grant.asProbe() ? state.startProbe(ORIGIN, now) : null;
    fleet.send(sent.task(), feedback -> end(call, feedback, probe));
  }

  private void end(InFlightCall call, CallFeedback feedback, @Nullable HoldProbe probe) {
    running--;
    freeConsumers++;
    state.onCallEnded(call, feedback, probe, events.nanos());
    usageReconciler.reconcile(call.reserved(), feedback);
    proceed();
  }
}
