package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The request at the head of the queue, with its reservations at the members. Used by one thread.
 */
final class MemberHeads {
  /**
   * The maximum time that a request which only some members may process waits for the end of their
   * holds: the requests behind it may be for the other members.
   */
  private static final Duration MAX_RESTRICTED_WAIT = Duration.ofSeconds(2);

  private final List<MemberHead> heads;
  private final boolean isRestricted;

  private MemberHeads(List<MemberHead> heads, boolean isRestricted) {
    this.heads = heads;
    this.isRestricted = isRestricted;
  }

  /**
   * @param preferred the members that may grant the permit, in the order of preference
   * @param isRestricted whether the route has other members
   */
  static MemberHeads of(
      PermitRequest request, List<MemberLimiter> preferred, boolean isRestricted, NanoClock clock) {
    return new MemberHeads(
        preferred.stream()
            .map(member -> new MemberHead(member, member.head(request, clock)))
            .toList(),
        isRestricted);
  }

  /** The next step, and the member that it concerns. */
  record Next(MemberHead member, AdmissionDecision step) {}

  /** The next action, and the member that it concerns. */
  record Action(MemberHead member, AdmissionDecision.Action action) {}

  /** Returns the next step. Must be called under the limiter's lock. */
  Next next(MemberLimiter.RouteView route, long now) {
    Next next = chosen(route, now);
    if (isRestricted
        && next.step() instanceof AdmissionDecision.WaitUntil wait
        && AdmissionPolicy.HOLD.equals(wait.reason())
        && wait.time() - now > MAX_RESTRICTED_WAIT.toNanos()) {
      Duration remaining = Duration.ofNanos(wait.time() - now);
      return new Next(
          next.member(), new AdmissionDecision.Reject(new Admission.SourceHeld(remaining)));
    }
    return next;
  }

  private Next chosen(MemberLimiter.RouteView route, long now) {
    if (heads.size() == 1) {
      return new Next(heads.getFirst(), step(heads.getFirst(), route, now));
    }
    boolean isReserved = heads.stream().anyMatch(one -> one.head().reservation() != null);
    List<MemberChoice.Candidate> candidates = new ArrayList<>(heads.size());
    for (MemberHead one : heads) {
      AdmissionDecision step = step(one, route, now);
      if (!isReserved || !(step instanceof AdmissionDecision.Reserve)) {
        one.reconsider();
      }
      candidates.add(
          new MemberChoice.Candidate(step, one.head().reservation(), one.isSkipped(now)));
    }
    MemberChoice.Choice choice = MemberChoice.next(candidates, now);
    MemberHead chosen = heads.get(choice.member());
    boolean isOfPolicy = candidates.get(choice.member()).step() instanceof AdmissionDecision.Refund;
    if (choice.step() instanceof AdmissionDecision.Refund && !isOfPolicy) {
      chosen.skip(now);
    }
    return new Next(chosen, choice.step());
  }

  private static AdmissionDecision step(MemberHead one, MemberLimiter.RouteView route, long now) {
    QueueHead head = one.head();
    return AdmissionPolicy.next(
        one.member().stateFor(head, route, now), head.request(), head.reservation(), now);
  }

  /** Returns what was charged, if anything was. Must be called without the lock. */
  void refund() {
    heads.forEach(one -> one.head().refund());
  }
}
