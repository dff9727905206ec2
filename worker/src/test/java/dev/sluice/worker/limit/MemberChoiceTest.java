package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.limit.MemberChoice.Candidate;
import dev.sluice.worker.limit.bucket.ReservationDelay;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row of the table in {@link MemberChoice}. Times are milliseconds from now. */
class MemberChoiceTest {
  private static final long NOW = Duration.ofHours(1).toNanos();

  @ParameterizedTest
  @CsvSource({
    // first member,  second member,     choice
    "reserve,         reserve,           0 reserve",
    "grant,           grant,             0 grant",
    "reserve,         grant,             1 grant",
    "due 50,          reserve,           1 reserve",
    "due 50,          skipped,       0 wait 50",
    "due 50,          due 20,            0 refund",
    "due 20,          due 50,            1 refund",
    "due 20,          due 20,            1 refund",
    "due 300,         hold 100,          0 wait 100",
    "hold 100,        reserve,           1 reserve",
    "hold 100,        hold 50,           1 wait 50",
    "hold 100,        limit 200,         1 wait 100",
    "limit 200,       limit 70,          1 wait 70",
    "source 100,      reserve,           1 reserve",
    "source 100,      limit 200,         1 wait 200",
    "source 100,      hold 50,           0 source 50",
    "source 100,      source 70,         0 source 70",
    "rate rose,       due 50,            0 refund",
    "closed,          closed,            0 closed",
    "source 100,      closed,            1 closed",
  })
  void ofTwoMembers(String first, String second, String choice) {
    MemberChoice.Choice chosen =
        MemberChoice.next(Stream.of(first, second).map(this::candidate).toList(), NOW);

    assertThat(chosen.member() + " " + text(chosen.step())).isEqualTo(choice);
  }

  @ParameterizedTest
  @CsvSource({"reserve", "grant", "due 50", "hold 100", "limit 200", "source 100", "closed"})
  void theStepOfTheOnlyMemberIsTheChoice(String only) {
    Candidate candidate = candidate(only);

    assertThat(MemberChoice.next(List.of(candidate), NOW))
        .isEqualTo(new MemberChoice.Choice(0, candidate.step()));
  }

  private Candidate candidate(String text) {
    String[] words = text.split(" ", -1);
    long millis = words.length < 2 || words[1].matches("\\D+") ? 0 : Long.parseLong(words[1]);
    long time = NOW + Duration.ofMillis(millis).toNanos();
    return switch (words[0]) {
      case "reserve" -> new Candidate(new AdmissionDecision.Reserve(), null, false);
      case "skipped" -> new Candidate(new AdmissionDecision.Reserve(), null, true);
      case "grant" -> new Candidate(new AdmissionDecision.Grant(false, 0), reservation(0), false);
      case "rate" -> new Candidate(new AdmissionDecision.Refund(), reservation(90), false);
      case "due" ->
          new Candidate(
              new AdmissionDecision.WaitUntil(time, "requests_per_minute"),
              reservation(millis),
              false);
      case "hold" -> waiting(time, "hold");
      case "limit" -> waiting(time, "first_reply");
      case "source" -> rejected(new Admission.SourceHeld(Duration.ofMillis(millis)));
      case "closed" -> rejected(new Admission.ShuttingDown());
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static Candidate waiting(long time, @Nullable String reason) {
    return new Candidate(new AdmissionDecision.WaitUntil(time, reason), null, false);
  }

  private static Candidate rejected(Admission admission) {
    return new Candidate(new AdmissionDecision.Reject(admission), null, false);
  }

  private static Reservation reservation(long millis) {
    return Reservation.of(
        TokenCost.NONE,
        new ReservationDelay(Duration.ofMillis(millis).toNanos(), LimitKind.REQUESTS),
        NOW);
  }

  private static String text(AdmissionDecision step) {
    return switch (step) {
      case AdmissionDecision.WaitUntil wait ->
          "wait " + Duration.ofNanos(wait.time() - NOW).toMillis();
      case AdmissionDecision.Reject reject ->
          reject.admission() instanceof Admission.SourceHeld held
              ? "source " + held.remaining().toMillis()
              : "closed";
      default -> step.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    };
  }
}
