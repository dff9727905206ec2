package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the head of the queue must do next. Pure: no locks, no clock, no I/O.
 *
 * <pre>
 *   without a reservation, the first that applies           step
 *   shutting down, call unwanted, deadline over             Reject
 *   the call's source is held                               Reject: its consumer is needed
 *                                                             for other sources
 *   the route is held                                       WaitUntil its end
 *   a batch call, while a peer's live call goes first       WaitUntil the end of the pause
 *   a concurrency limit is reached                          WaitUntil a call ends
 *   else                                                    Reserve
 *
 *   with a reservation, the first that applies              step
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

  private static final String HOLD = "hold";

  private AdmissionPolicy() {}

  /**
   * Returns the next step.
   *
   * @param reservation null if the call is not reserved
   * @param now nanoseconds of the limiter's clock
   */
  static Step next(
      LimiterState state, PermitRequest request, @Nullable Reservation reservation, long now) {
    return reservation == null
        ? beforeReservation(state, request, now)
        : afterReservation(state, request, reservation, now);
  }

  private static Step beforeReservation(LimiterState state, PermitRequest request, long now) {
    Optional<Step> ended = ended(state, request);
    if (ended.isPresent()) {
      return ended.get();
    }
    if (now - request.deadline() >= 0) {
      return new Step.Reject(new Admission.TimedOut());
    }
    return switch (state.hold()) {
      case HoldAdmission.SourceHeld held ->
          new Step.Reject(
              new Admission.SourceHeld(Duration.ofNanos(Math.max(0, held.until() - now))));
      case HoldAdmission.Held held -> waitUntil(held.until(), HOLD, request, now);
      case HoldAdmission.Open open -> ready(state, request, now);
      case HoldAdmission.Probe probe -> ready(state, request, now);
    };
  }

  private static Step ready(LimiterState state, PermitRequest request, long now) {
    if (request.lane() == Lane.BATCH && state.pausedUntil() - now > 0) {
      return waitUntil(state.pausedUntil(), null, request, now);
    }
    return state.reachedLimit() == null
        ? new Step.Reserve()
        : waitUntil(now + RECHECK_INTERVAL, state.reachedLimit(), request, now);
  }

  private static Step afterReservation(
      LimiterState state, PermitRequest request, Reservation reservation, long now) {
    Optional<Step> ended = ended(state, request);
    if (ended.isPresent()) {
      return ended.get();
    }
    boolean isHeld =
        state.hold() instanceof HoldAdmission.Held
            || state.hold() instanceof HoldAdmission.SourceHeld;
    if (isHeld) {
      return new Step.Refund();
    }
    long delay = reservation.dueAt() - now;
    if (delay <= 0) {
      return new Step.Grant(
          state.hold() instanceof HoldAdmission.Probe, reservation.lateNanos(now));
    }
    if (now - request.deadline() >= 0) {
      return new Step.Reject(new Admission.TimedOut());
    }
    if (now - reservation.retryAt() >= 0) {
      return new Step.Refund();
    }
    if (request.lane() == Lane.BATCH && state.liveNext()) {
      return new Step.Yield();
    }
    if (request.lane() == Lane.BATCH && state.peersLiveCall() && LivePriority.mayPause(delay)) {
      return new Step.Pause();
    }
    if (state.rateRose() && delay > MIN_DELAY_TO_RETRY) {
      return new Step.Refund();
    }
    long next = Math.min(Math.min(delay, reservation.retryAt() - now), RECHECK_INTERVAL);
    return waitUntil(now + next, reservation.by().wireName() + "_per_minute", request, now);
  }

  private static Optional<Step> ended(LimiterState state, PermitRequest request) {
    if (state.closed()) {
      return Optional.of(new Step.Reject(new Admission.ShuttingDown()));
    }
    return request.wanted().getAsBoolean()
        ? Optional.empty()
        : Optional.of(new Step.Reject(new Admission.Withdrawn()));
  }

  private static Step waitUntil(
      long time, @Nullable String reason, PermitRequest request, long now) {
    return new Step.WaitUntil(now + Math.min(time - now, request.deadline() - now), reason);
  }
}
