package dev.sluice.worker.limit;

import dev.sluice.platform.route.RouteMember;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member of a route in one worker: its holds, and the limits of its account. A 429 and a
 * used-up quota are those of the account, so they hold its other members too; a rejected key, a
 * missing model and an outage hold only the member.
 *
 * <p>Guarded by the limiter's lock, unless a method says otherwise.
 */
final class MemberLimiter {
  private final RouteMember member;
  private final AccountLimiter account;
  private final PeerWorkers peerWorkers;
  private final RouteState state;
  private final UsageReconciler usageReconciler;

  /** The other members of the account. */
  private final List<MemberLimiter> siblings = new ArrayList<>();

  private int running;

  /**
   * @param settings of a route that has only this member
   * @param lock runs an action under the limiter's lock
   */
  MemberLimiter(
      RouteSettings settings,
      RouteMember member,
      AccountLimiter account,
      PeerWorkers peerWorkers,
      RandomGenerator random,
      NanoClock clock,
      LimiterLock lock) {
    this.member = member;
    this.account = account;
    this.peerWorkers = peerWorkers;
    this.state =
        new RouteState(settings, account.rates(), new WithSiblings(clock), random, clock.nanos());
    this.usageReconciler =
        new UsageReconciler(
            account.buckets(),
            settings.provider().dialect(),
            cost -> lock.locked(() -> state.capToOneMinute(cost, clock.nanos())));
  }

  /** Makes these limiters members of one account. */
  static void join(Collection<MemberLimiter> ofAccount) {
    for (MemberLimiter one : ofAccount) {
      ofAccount.stream().filter(other -> other != one).forEach(one.siblings::add);
    }
  }

  String name() {
    return member.name();
  }

  RouteMember settings() {
    return member;
  }

  AccountLimiter account() {
    return account;
  }

  RouteState state() {
    return state;
  }

  /** Returns the number of calls in flight. */
  int running() {
    return running;
  }

  QueueHead head(PermitRequest request, NanoClock clock) {
    return new QueueHead(
        request, account.buckets(), account.refillController(), peerWorkers, clock);
  }

  /**
   * Returns what the policy must know.
   *
   * @param route the state that all members share
   */
  LimiterState stateFor(QueueHead head, RouteView route, long now) {
    Reservation reservation = head.reservation();
    return new LimiterState(
        route.closed(),
        state.holdState(head.request().origin(), route.waiting(), now),
        state.reachedConcurrencyLimit(account.running(), route.running(), now),
        reservation == null ? state.quotaWait(head.request().estimate().usage(), now) : null,
        reservation != null
            && reservation.dueAt() - now > 0
            && account.refillController().isSlowerThan(state.rates(now), reservation.by()),
        route.liveNext(),
        account.livePriority().isPeersCall(now),
        account.livePriority().pausedUntil());
  }

  /**
   * What the members of a route share.
   *
   * @param closed whether the worker is shutting down
   * @param waiting the origins of all waiting requests
   * @param running number of calls in flight
   * @param liveNext whether a live caller waits behind the head
   */
  record RouteView(boolean closed, Collection<CallOrigin> waiting, int running, boolean liveNext) {}

  /** A call of this member, until it has ended. */
  record StartedCall(InFlightCall call, @Nullable HoldProbe probe) {}

  StartedCall startCall(PermitRequest request, TokenCost reserved, boolean asProbe, long now) {
    running++;
    account.onCallStarted();
    InFlightCall call =
        state.startCall(request.origin(), request.estimate().usage(), reserved, now);
    return new StartedCall(call, asProbe ? state.startProbe(request.origin(), now) : null);
  }

  RouteHealth endCall(StartedCall ended, CallFeedback feedback, long now) {
    running--;
    account.onCallEnded();
    return state.onCallEnded(ended.call(), feedback, ended.probe(), now);
  }

  /** Corrects the charge of a call. Must be called without the lock. */
  void reconcile(StartedCall ended, CallFeedback feedback) {
    usageReconciler.reconcile(ended.call().reserved(), feedback);
  }

  /** A peer announced the start or the end of a hold of this member. */
  void onPeerAnnouncement(HoldAnnouncement announcement, long now) {
    state.onPeerAnnouncement(announcement, now);
    toSiblings(announcement, now);
  }

  void release(HoldKind kind, long now) {
    state.release(kind, now);
    if (isOfAccount(kind)) {
      siblings.forEach(sibling -> sibling.state.release(kind, now));
    }
  }

  LimiterStatus.Member status(long now) {
    return new LimiterStatus.Member(
        name(),
        member.accountName(),
        member.order(),
        running,
        state.currentHold(now),
        state.limits(now),
        state.calls());
  }

  private void toSiblings(HoldAnnouncement announcement, long now) {
    if (isOfAccount(kind(announcement))) {
      HoldAnnouncement ofSibling =
          announcement instanceof HoldAnnouncement.Hold hold
              ? new HoldAnnouncement.Hold(
                  hold.kind(),
                  hold.reason(),
                  hold.duration(),
                  Map.of(), // the account has inferred the limits already
                  hold.suspects(),
                  hold.projects())
              : announcement;
      siblings.forEach(sibling -> sibling.state.onPeerAnnouncement(ofSibling, now));
    }
  }

  private static boolean isOfAccount(HoldKind kind) {
    return kind == HoldKind.RATE_LIMIT || kind == HoldKind.QUOTA;
  }

  private static HoldKind kind(HoldAnnouncement announcement) {
    return switch (announcement) {
      case HoldAnnouncement.Hold hold -> hold.kind();
      case HoldAnnouncement.Release release -> release.kind();
      case HoldAnnouncement.SourceHold hold -> hold.kind();
      case HoldAnnouncement.SourceRelease release -> release.kind();
    };
  }

  /** Announces a hold to the peers, and to the other members of the account. */
  private final class WithSiblings implements PeerWorkers {
    private final NanoClock clock;

    WithSiblings(NanoClock clock) {
      this.clock = clock;
    }

    @Override
    public double limitFraction() {
      return peerWorkers.limitFraction();
    }

    @Override
    public void announce(HoldAnnouncement announcement) {
      peerWorkers.announce(announcement);
      toSiblings(announcement, clock.nanos());
    }

    @Override
    public void announceLivePriority(TokenCost cost) {
      peerWorkers.announceLivePriority(cost);
    }
  }
}
