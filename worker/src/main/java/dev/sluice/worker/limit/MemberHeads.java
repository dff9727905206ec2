package dev.sluice.worker.limit;

import java.util.ArrayList;
import java.util.List;

/**
 * The request at the head of the queue, with its reservations at the members. Used by one thread.
 */
final class MemberHeads {
  private final List<MemberHead> heads;

  private MemberHeads(List<MemberHead> heads) {
    this.heads = heads;
  }

  /**
   * @param preferred the members that may grant the permit, in the order of preference
   */
  static MemberHeads of(PermitRequest request, List<MemberLimiter> preferred, NanoClock clock) {
    return new MemberHeads(
        preferred.stream()
            .map(member -> new MemberHead(member, member.head(request, clock)))
            .toList());
  }

  /** The next step, and the member that it concerns. */
  record Next(MemberHead member, AdmissionDecision step) {}

  /** The next action, and the member that it concerns. */
  record Action(MemberHead member, AdmissionDecision.Action action) {}

  /** Returns the next step. Must be called under the limiter's lock. */
  Next next(MemberLimiter.RouteView route, long now) {
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
