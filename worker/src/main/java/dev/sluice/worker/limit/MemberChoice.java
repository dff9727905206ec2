package dev.sluice.worker.limit;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of a route's members grants the permit of the head. Pure: no locks, no clock, no
 * I/O.
 *
 * <pre>
 *   the steps of all members, the first that applies        choice
 *   a member grants                                         it; the first in the order of preference
 *   a member must refund, pause or yield                    it
 *   a member rejects the call itself                        it
 *   a member can reserve, and has not been skipped      it; its reservation may be due now
 *   several members have reserved                           refund all except the earliest
 *   a member waits, and not for the end of a hold           wait for the earliest
 *   the call's source is held at a member                   reject until the first hold ends: its
 *                                                           consumer is needed for other sources,
 *                                                           which this member may serve
 *   else                                                    wait for the earliest
 * </pre>
 *
 * <p>With one member, its step is the choice.
 */
final class MemberChoice {
  private MemberChoice() {}

  /**
   * The next step of one member.
   *
   * @param reservation null if the call is not reserved there
   * @param skipped whether its reservation was refunded because another one is earlier
   */
  record Candidate(AdmissionDecision step, @Nullable Reservation reservation, boolean skipped) {
    private boolean isReserved() {
      return reservation != null;
    }

    private long dueAt() {
      return Objects.requireNonNull(reservation).dueAt();
    }
  }

  /**
   * The step of the head.
   *
   * @param member index of the member that it concerns
   */
  record Choice(int member, AdmissionDecision step) {}

  /**
   * Returns the next step.
   *
   * @param candidates in the order of preference, at least one
   * @param now nanoseconds of the limiter's clock
   */
  static Choice next(List<Candidate> candidates, long now) {
    if (candidates.size() == 1) {
      return new Choice(0, candidates.getFirst().step());
    }
    return first(candidates, one -> one.step() instanceof AdmissionDecision.Grant)
        .or(() -> first(candidates, MemberChoice::returnsCharge))
        .or(() -> first(candidates, MemberChoice::rejectsCall))
        .or(() -> first(candidates, MemberChoice::canReserve))
        .or(() -> refundOfLater(candidates, now))
        .or(() -> waitOf(candidates, now, MemberChoice::waitsWithoutHold))
        .or(() -> rejectUntilFirstHoldEnds(candidates, now))
        .or(() -> waitOf(candidates, now, one -> one.step() instanceof AdmissionDecision.WaitUntil))
        .orElseThrow();
  }

  private static Optional<Choice> first(
      List<Candidate> candidates, Predicate<Candidate> condition) {
    return IntStream.range(0, candidates.size())
        .filter(i -> condition.test(candidates.get(i)))
        .mapToObj(i -> new Choice(i, candidates.get(i).step()))
        .findFirst();
  }

  private static boolean returnsCharge(Candidate candidate) {
    return switch (candidate.step()) {
      case AdmissionDecision.Refund refund -> true;
      case AdmissionDecision.Pause pause -> true;
      case AdmissionDecision.Yield yield -> true;
      default -> false;
    };
  }

  private static boolean rejectsCall(Candidate candidate) {
    return candidate.step() instanceof AdmissionDecision.Reject && sourceHold(candidate).isEmpty();
  }

  private static boolean canReserve(Candidate candidate) {
    return candidate.step() instanceof AdmissionDecision.Reserve && !candidate.skipped();
  }

  /** Another worker may use a reservation that is not needed. */
  private static Optional<Choice> refundOfLater(List<Candidate> candidates, long now) {
    List<Integer> reserved =
        IntStream.range(0, candidates.size())
            .filter(i -> candidates.get(i).isReserved())
            .boxed()
            .sorted(Comparator.comparingLong(i -> candidates.get(i).dueAt() - now))
            .toList();
    return reserved.size() < 2
        ? Optional.empty()
        : Optional.of(new Choice(reserved.getLast(), new AdmissionDecision.Refund()));
  }

  private static Optional<Choice> rejectUntilFirstHoldEnds(List<Candidate> candidates, long now) {
    return first(candidates, one -> sourceHold(one).isPresent())
        .map(
            held ->
                new Choice(
                    held.member(),
                    new AdmissionDecision.Reject(
                        new Admission.SourceHeld(
                            candidates.stream()
                                .flatMap(one -> remainingHold(one, now).stream())
                                .min(Comparator.naturalOrder())
                                .orElseThrow()))));
  }

  private static Optional<Duration> remainingHold(Candidate candidate, long now) {
    return candidate.step() instanceof AdmissionDecision.WaitUntil
        ? Optional.of(Duration.ofNanos(Math.max(0, waitNanos(candidate, now))))
        : sourceHold(candidate);
  }

  private static Optional<Duration> sourceHold(Candidate candidate) {
    return candidate.step() instanceof AdmissionDecision.Reject reject
            && reject.admission() instanceof Admission.SourceHeld held
        ? Optional.of(held.remaining())
        : Optional.empty();
  }

  private static boolean waitsWithoutHold(Candidate candidate) {
    return candidate.step() instanceof AdmissionDecision.WaitUntil wait
        && !AdmissionPolicy.HOLD.equals(wait.reason());
  }

  private static Optional<Choice> waitOf(
      List<Candidate> candidates, long now, Predicate<Candidate> condition) {
    Optional<Choice> shown = // what the caller waits for
        IntStream.range(0, candidates.size())
            .filter(i -> condition.test(candidates.get(i)))
            .boxed()
            .min(Comparator.comparingLong(i -> waitNanos(candidates.get(i), now)))
            .map(i -> new Choice(i, candidates.get(i).step()));
    return shown.map(choice -> earliestOfAll(choice, candidates, now));
  }

  /** A member that is held may be released before the others have room. */
  private static Choice earliestOfAll(Choice shown, List<Candidate> candidates, long now) {
    long nanos =
        candidates.stream()
            .filter(one -> one.step() instanceof AdmissionDecision.WaitUntil)
            .mapToLong(one -> waitNanos(one, now))
            .min()
            .orElseThrow();
    AdmissionDecision.WaitUntil wait = (AdmissionDecision.WaitUntil) shown.step();
    return new Choice(shown.member(), new AdmissionDecision.WaitUntil(now + nanos, wait.reason()));
  }

  private static long waitNanos(Candidate candidate, long now) {
    return ((AdmissionDecision.WaitUntil) candidate.step()).time() - now;
  }
}
