package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.QuotaWait;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the head of the queue must do next. Pure: no locks, no clock, no I/O.
 *
 * <pre>
 *   without a reservation, the first that applies           decision
 *   shutting down, call unwanted, deadline over             Reject
 *   the call's source is held                               Reject: its consumer is needed
 *                                                             for other sources
 *   the route is held                                       WaitUntil its end
 *   a batch call, while a peer's live call goes first       WaitUntil the end of the pause
 *   a concurrency limit is reached                          WaitUntil a call ends
 *   the advertised quota does not suffice                   WaitUntil it does
 *   else                                                    Reserve
 *
 *   with a reservation, the first that applies              decision
 *   shutting down, call unwanted                            Reject
 *   the route or the call's source is held                  Refund
 *   the call is due                                         Grant
 *   deadline over                                           Reject
 *   the reservation must be repeated                        Refund
 *   a batch call, and a live caller waits behind it         Yield
 *   a batch call, and a peer has announced a live call      Pause
 *   the rate has risen                                      Refund
 *   else                                                    WaitUntil the call is due
 * </pre>
 *
 * <p>A call that is due is granted even if its deadline is over: it has been charged.
 */
final class AdmissionPolicy {
  /** A wait is rechecked at this interval: the rate may have risen, or the call is unwanted. */
  static final long RECHECK_INTERVAL = Duration.ofMillis(200).toNanos();

  /** A shorter remaining delay is not worth a new reservation. */
  private static final long MIN_DELAY_TO_RETRY = RECHECK_INTERVAL / 4;

  static final String HOLD = "hold";

  private AdmissionPolicy() {}

  /**
   * Returns the next decision.
   *
   * @param reservation null if the call is not reserved
   * @param now nanoseconds of the limiter's clock
   */
  static AdmissionDecision next(
      LimiterState state, PermitRequest request, @Nullable Reservation reservation, long now) {
    return reservation == null
        ? beforeReservation(state, request, now)
        : afterReservation(state, request, reservation, now);
  }

  private static AdmissionDecision beforeReservation(
      LimiterState state, PermitRequest request, long now) {
    Optional<AdmissionDecision> ended = ended(state, request);
    if (ended.isPresent()) {
      return ended.get();
    }
    if (now - request.deadline() >= 0) {
      return new AdmissionDecision.Reject(new Admission.TimedOut());
    }
    return switch (state.hold()) {
      case HoldAdmission.SourceHeld held ->
          new AdmissionDecision.Reject(
              new Admission.SourceHeld(Duration.ofNanos(Math.max(0, held.until() - now))));
      case HoldAdmission.Held held -> waitUntil(held.until(), HOLD, request, now);
      case HoldAdmission.Open open -> ready(state, request, now);
      case HoldAdmission.Probe probe -> ready(state, request, now);
    };
  }

  private static AdmissionDecision ready(LimiterState state, PermitRequest request, long now) {
    if (request.lane() == Lane.BATCH && state.pausedUntil() - now > 0) {
      return waitUntil(state.pausedUntil(), null, request, now);
    }
    if (state.reachedLimit() != null) {
      return waitUntil(now + RECHECK_INTERVAL, state.reachedLimit(), request, now);
    }
    QuotaWait quota = state.quotaWait();
    return quota == null
        ? new AdmissionDecision.Reserve()
        : waitUntil(
            now + Math.min(quota.until() - now, RECHECK_INTERVAL),
            perMinute(quota.by()),
            request,
            now);
  }

  private static AdmissionDecision afterReservation(
      LimiterState state, PermitRequest request, Reservation reservation, long now) {
    Optional<AdmissionDecision> ended = ended(state, request);
    if (ended.isPresent()) {
      return ended.get();
    }
    boolean isHeld =
        state.hold() instanceof HoldAdmission.Held
            || state.hold() instanceof HoldAdmission.SourceHeld;
    if (isHeld) {
      return new AdmissionDecision.Refund();
    }
    long delay = reservation.dueAt() - now;
    if (delay <= 0) {
      return new AdmissionDecision.Grant(
          state.hold() instanceof HoldAdmission.Probe, reservation.lateNanos(now));
    }
    if (now - request.deadline() >= 0) {
      return new AdmissionDecision.Reject(new Admission.TimedOut());
    }
    if (now - reservation.retryAt() >= 0) {
      return new AdmissionDecision.Refund();
    }
    if (request.lane() == Lane.BATCH && state.liveNext()) {
      return new AdmissionDecision.Yield();
    }
    if (request.lane() == Lane.BATCH && state.peersLiveCall() && LivePriority.mayPause(delay)) {
      return new AdmissionDecision.Pause();
    }
    if (state.rateRose() && delay > MIN_DELAY_TO_RETRY) {
      return new AdmissionDecision.Refund();
    }
    long next = Math.min(Math.min(delay, reservation.retryAt() - now), RECHECK_INTERVAL);
    return waitUntil(now + next, perMinute(reservation.by()), request, now);
  }

  private static String perMinute(LimitKind kind) {
    return kind.wireName() + "_per_minute";
  }

  private static Optional<AdmissionDecision> ended(LimiterState state, PermitRequest request) {
    if (state.closed()) {
      return Optional.of(new AdmissionDecision.Reject(new Admission.ShuttingDown()));
    }
    return request.wanted().getAsBoolean()
        ? Optional.empty()
        : Optional.of(new AdmissionDecision.Reject(new Admission.Withdrawn()));
  }

  private static AdmissionDecision waitUntil(
      long time, @Nullable String reason, PermitRequest request, long now) {
    return new AdmissionDecision.WaitUntil(
        now + Math.min(time - now, request.deadline() - now), reason);
  }
}
