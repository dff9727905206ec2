package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.QuotaWait;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row of the tables in {@link AdmissionPolicy}. Times are milliseconds from now. */
class AdmissionPolicyTest {
  private static final long NOW = Duration.ofHours(1).toNanos();
  private static final String NONE = "";

  @ParameterizedTest
  @CsvSource({
    // lane, hold,       state,                   deadline, step
    "batch,  open,       '',                      60000,    Reserve",
    "batch,  probe,      '',                      60000,    Reserve",
    "batch,  open,       '',                      0,        Reject TimedOut",
    "batch,  open,       unwanted,                60000,    Reject Withdrawn",
    "batch,  open,       unwanted,                0,        Reject Withdrawn",
    "batch,  open,       closed unwanted,         0,        Reject ShuttingDown",
    "batch,  held,       '',                      60000,    WaitUntil 500 hold",
    "batch,  held,       '',                      300,      WaitUntil 300 hold",
    "batch,  held,       limit,                   60000,    WaitUntil 500 hold",
    "batch,  sourceheld, '',                      60000,    Reject SourceHeld 500",
    "batch,  open,       limit,                   60000,    WaitUntil 200 fleet_concurrency",
    "batch,  probe,      limit,                   60000,    WaitUntil 200 fleet_concurrency",
    "batch,  open,       limit,                   100,      WaitUntil 100 fleet_concurrency",
    "batch,  open,       quota,                   60000,    WaitUntil 70 tokens_per_minute",
    "batch,  open,       quota limit,             60000,    WaitUntil 200 fleet_concurrency",
    "batch,  open,       paused,                  60000,    WaitUntil 30",
    "batch,  open,       paused limit,            60000,    WaitUntil 30",
    "live,   open,       paused,                  60000,    Reserve",
    "batch,  open,       live,                    60000,    Reserve",
    "batch,  open,       peers_live rate_rose,    60000,    Reserve",
  })
  void withoutAReservation(String lane, String hold, String state, long deadline, String step) {
    assertThat(next(lane, hold, state, deadline, null)).isEqualTo(step);
  }

  @ParameterizedTest
  @CsvSource({
    // lane, hold,       state,                 deadline, due, step
    "batch,  open,       '',                    60000,    0,   Grant",
    "batch,  probe,      '',                    60000,    0,   Grant asProbe",
    "batch,  open,       '',                    0,        0,   Grant",
    "batch,  open,       limit live peers_live, 60000,    0,   Grant",
    "batch,  open,       closed,                60000,    0,   Reject ShuttingDown",
    "batch,  open,       unwanted,              60000,    0,   Reject Withdrawn",
    "batch,  held,       '',                    60000,    0,   Refund",
    "batch,  sourceheld, '',                    60000,    0,   Refund",
    "batch,  held,       '',                    0,        100, Refund",
    "batch,  open,       '',                    0,        100, Reject TimedOut",
    "batch,  open,       '',                    60000,    100, WaitUntil 100 tokens_per_minute",
    "batch,  open,       '',                    60000,    900, WaitUntil 200 tokens_per_minute",
    "batch,  open,       '',                    70,       100, WaitUntil 70 tokens_per_minute",
    "batch,  open,       live,                  60000,    100, Yield",
    "live,   open,       live,                  60000,    100, WaitUntil 100 tokens_per_minute",
    "batch,  open,       live peers_live,       60000,    100, Yield",
    "batch,  open,       peers_live,            60000,    31,  Pause",
    "batch,  open,       peers_live,            60000,    30,  WaitUntil 30 tokens_per_minute",
    "live,   open,       peers_live,            60000,    100, WaitUntil 100 tokens_per_minute",
    "batch,  open,       rate_rose,             60000,    51,  Refund",
    "batch,  open,       rate_rose,             60000,    50,  WaitUntil 50 tokens_per_minute",
    "live,   open,       rate_rose,             60000,    51,  Refund",
  })
  void withAReservation(
      String lane, String hold, String state, long deadline, long due, String step) {
    assertThat(next(lane, hold, state, deadline, reservation(due))).isEqualTo(step);
  }

  @Test
  void aLiveCallThatOvertakesIsReservedAgain() {
    Reservation overtaking = reservation(500).retryAfter(nanos(4));

    assertThat(next("live", "open", NONE, 60_000, overtaking))
        .isEqualTo("WaitUntil 4 tokens_per_minute");
    assertThat(step("live", "open", NONE, 60_000, overtaking, NOW + nanos(4))).isEqualTo("Refund");
  }

  @Test
  void onlyACallWithADelayCanBeLate() {
    long late = NOW + nanos(7);

    assertThat(reservation(0).lateNanos(late)).isZero();
    assertThat(reservation(2).lateNanos(late)).isEqualTo(nanos(5));
  }

  @ParameterizedTest
  @CsvSource({
    // attempts, delay, ms per call, fraction, overtakes
    "0, 201, 100, 0.5, true",
    "5, 201, 100, 0.5, true",
    "6, 201, 100, 0.5, false",
    "0, 200, 100, 0.5, false",
    "0, 15,  1,   0.5, true",
    "0, 14,  1,   0.5, false",
    "0, 201, 100, 1,   false",
  })
  void aLiveCallOvertakesIfItWaitsForMoreThanTwoPermits(
      int attempts, long delay, double callMillis, double limitFraction, boolean overtakes) {
    assertThat(LivePriority.isBehindPeers(attempts, nanos(delay), callMillis * 1e6, limitFraction))
        .isEqualTo(overtakes);
  }

  @Test
  void aBatchHeadPausesOncePerAnnouncement() {
    LivePriority livePriority = new LivePriority(NOW);
    assertThat(livePriority.isPeersCall(NOW)).isFalse();

    livePriority.onPeersCall(NOW);
    assertThat(livePriority.isPeersCall(NOW + nanos(14))).isTrue();
    assertThat(livePriority.isPeersCall(NOW + nanos(15))).isFalse();
    livePriority.onPause(NOW + nanos(1));

    assertThat(livePriority.isPeersCall(NOW + nanos(1))).isFalse();
    assertThat(livePriority.pausedUntil()).isEqualTo(NOW + nanos(31));
  }

  private static String next(
      String lane, String hold, String state, long deadline, @Nullable Reservation reservation) {
    return step(lane, hold, state, deadline, reservation, NOW);
  }

  private static String step(
      String lane,
      String hold,
      String state,
      long deadline,
      @Nullable Reservation reservation,
      long now) {
    Set<String> words = Set.of(state.split(" "));
    LimiterState limiter =
        new LimiterState(
            words.contains("closed"),
            hold(hold),
            words.contains("limit") ? "fleet_concurrency" : null,
            words.contains("quota") ? new QuotaWait(LimitKind.TOKENS, NOW + nanos(70)) : null,
            words.contains("rate_rose"),
            words.contains("live"),
            words.contains("peers_live"),
            words.contains("paused") ? NOW + nanos(30) : NOW);
    PermitRequest request =
        new PermitRequest(
            new CallOrigin("task", "batch", Payload.empty()),
            Lane.valueOf(lane.toUpperCase(Locale.ROOT)),
            new DeferredEstimate(() -> EstimatedUsage.NONE),
            NOW + nanos(deadline),
            () -> !words.contains("unwanted"));
    return text(AdmissionPolicy.next(limiter, request, reservation, now), now);
  }

  private static HoldAdmission hold(String hold) {
    return switch (hold) {
      case "open" -> new HoldAdmission.Open();
      case "probe" -> new HoldAdmission.Probe();
      case "held" -> new HoldAdmission.Held(NOW + nanos(500));
      case "sourceheld" -> new HoldAdmission.SourceHeld(NOW + nanos(500));
      default -> throw new IllegalArgumentException(hold);
    };
  }

  private static String text(AdmissionDecision step, long now) {
    return switch (step) {
      case AdmissionDecision.WaitUntil wait ->
          "WaitUntil "
              + millis(wait.time() - now)
              + (wait.reason() == null ? "" : " " + wait.reason());
      case AdmissionDecision.Grant grant -> grant.asProbe() ? "Grant asProbe" : "Grant";
      case AdmissionDecision.Reject(Admission.SourceHeld held) ->
          "Reject SourceHeld " + held.remaining().toMillis();
      case AdmissionDecision.Reject reject ->
          "Reject " + reject.admission().getClass().getSimpleName();
      case AdmissionDecision.Action action -> action.getClass().getSimpleName();
    };
  }

  private static Reservation reservation(long dueMillis) {
    return Reservation.of(
        TokenCost.NONE, new ReservationDelay(nanos(dueMillis), LimitKind.TOKENS), NOW);
  }

  private static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }
}
