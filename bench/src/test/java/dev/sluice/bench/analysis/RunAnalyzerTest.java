package dev.sluice.bench.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.bench.analysis.LimitSchedule.Step;
import dev.sluice.bench.analysis.LimitSchedule.WindowMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunAnalyzerTest {
  private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);
  private static final long TOKENS = 100;

  private final List<ProviderCall> calls = new ArrayList<>();

  @Test
  void callsAtTheLimitHaveRelativeRateOne() {
    for (int call = 0; call <= 60; call++) {
      admitted(Duration.ofSeconds(call), "own-" + call);
    }
    RunAnalysis runAnalysis = analyze(bucket(60, 0));
    assertThat(runAnalysis.binding()).isEqualTo(Unit.REQUESTS);
    assertThat(runAnalysis.relativeRate()).isEqualTo(1, within(1e-9));
    assertThat(runAnalysis.utilisation()).isEqualTo(1, within(1e-9));
  }

  @Test
  void callsAtHalfTheRateHaveRelativeRateOneHalf() {
    for (int call = 0; call <= 30; call++) {
      admitted(Duration.ofSeconds(2L * call), "own-" + call);
    }
    assertThat(analyze(bucket(60, 0)).relativeRate()).isEqualTo(0.5, within(1e-9));
  }

  @Test
  void limitWithTheLargerRelativeRateBinds() {
    for (int call = 0; call <= 60; call++) {
      admitted(Duration.ofSeconds(call), "own-" + call);
    }
    RunAnalysis runAnalysis = analyze(bucket(240, 80 * TOKENS));
    assertThat(runAnalysis.binding()).isEqualTo(Unit.TOKENS);
    assertThat(runAnalysis.relativeRate()).isEqualTo(0.75, within(1e-9));
  }

  @Test
  void changingLimitIsIntegratedOverTime() {
    admitted(Duration.ZERO, "own-first");
    admitted(Duration.ofSeconds(60), "own-last");
    Step before = new Step(Instant.EPOCH, 60, 0);
    Step after = new Step(START.plusSeconds(30), 30, 0);
    LimitSchedule halved = new LimitSchedule(List.of(before, after), WindowMode.NONE, ONE_SECOND);
    assertThat(analyze(halved).relativeRate()).isEqualTo(1 / 45.0, within(1e-9));
  }

  @Test
  void fullBucketAddsToTheCeiling() {
    for (int call = 0; call < 10; call++) {
      admitted(Duration.ofMillis(call), "burst-" + call);
    }
    admitted(Duration.ofSeconds(10), "own-last");
    LimitSchedule deep =
        new LimitSchedule(
            List.of(new Step(Instant.EPOCH, 60, 0)), WindowMode.NONE, Duration.ofSeconds(20));
    RunAnalysis runAnalysis = analyze(deep);
    assertThat(runAnalysis.relativeRate()).isEqualTo(1, within(1e-9));
    assertThat(runAnalysis.utilisation()).isEqualTo(11 / 30.0, within(1e-9));
  }

  @Test
  void eachOverlappedWindowAddsToTheCeiling() {
    admitted(Duration.ofSeconds(50), "own-first");
    admitted(Duration.ofSeconds(70), "own-last");
    LimitSchedule minutes =
        new LimitSchedule(List.of(new Step(Instant.EPOCH, 60, 0)), WindowMode.MINUTES, ONE_SECOND);
    assertThat(analyze(minutes).utilisation()).isEqualTo(2 / 120.0, within(1e-9));
  }

  @Test
  void chargesOfTheOtherClientReduceTheRefill() {
    admitted(Duration.ZERO, "own-first");
    for (int call = 1; call < 60; call += 2) {
      admitted(Duration.ofSeconds(call), "other-" + call);
      admitted(Duration.ofSeconds(call + 1), "own-" + call);
    }
    RunAnalysis runAnalysis = analyze(bucket(60, 0));
    assertThat(runAnalysis.relativeRate()).isEqualTo(1, within(1e-9));
    assertThat(runAnalysis.calls()).isEqualTo(31);
    assertThat(runAnalysis.otherCalls()).isEqualTo(30);
  }

  @Test
  void onlyCallsDuringRetryAfterAreCounted() {
    rejected(Duration.ZERO, "own-refused", Duration.ofSeconds(2));
    admitted(Duration.ofMillis(1999), "own-inside");
    admitted(Duration.ofSeconds(2), "own-after");
    RunAnalysis runAnalysis = analyze(bucket(60, 0));
    assertThat(runAnalysis.rejected()).isEqualTo(1);
    assertThat(runAnalysis.callsBeforeRetryAfter()).isEqualTo(1);
    assertThat(runAnalysis.longestAfter429()).isEqualTo(Duration.ofMillis(1998));
  }

  @Test
  void retryAfterOfTheOtherClientIsIgnored() {
    rejected(Duration.ZERO, "other-refused", Duration.ofSeconds(2));
    admitted(ONE_SECOND, "own-first");
    admitted(ONE_SECOND.multipliedBy(2), "own-last");
    assertThat(analyze(bucket(60, 0)).callsBeforeRetryAfter()).isZero();
  }

  @Test
  void bodyWithTwoRepliesIsPaidTwice() {
    admitted(Duration.ZERO, "own-a");
    admitted(ONE_SECOND, "own-a");
    admitted(ONE_SECOND.multipliedBy(2), "own-b");
    assertThat(analyze(bucket(60, 0)).paidTwice()).isEqualTo(1);
  }

  @Test
  void secondsAddUpToTheTotal() {
    for (int call = 0; call <= 50; call++) {
      admitted(Duration.ofMillis(200L * call), "own-" + call);
    }
    rejected(Duration.ofMillis(4500), "own-refused", Duration.ZERO);
    RunAnalysis runAnalysis = analyze(bucket(300, 0));
    assertThat(runAnalysis.seconds()).hasSize(11);
    assertThat(runAnalysis.seconds()).extracting(RunAnalysis.Second::charged).startsWith(5.0, 5.0);
    assertThat(runAnalysis.seconds().stream().mapToDouble(RunAnalysis.Second::charged).sum())
        .isEqualTo(51);
    assertThat(runAnalysis.seconds().get(4).rejected()).isEqualTo(1);
    assertThat(runAnalysis.seconds().get(4).allowed()).isEqualTo(5, within(1e-9));
  }

  private static LimitSchedule bucket(long requests, long tokens) {
    return new LimitSchedule(
        List.of(new Step(Instant.EPOCH, requests, tokens)), WindowMode.NONE, ONE_SECOND);
  }

  private RunAnalysis analyze(LimitSchedule limitSchedule) {
    Set<String> own = new HashSet<>();
    calls.stream()
        .map(ProviderCall::body)
        .filter(body -> !body.startsWith("other"))
        .forEach(own::add);
    return new RunAnalyzer(limitSchedule, own)
        .analyze(calls.stream().sorted(Comparator.comparing(ProviderCall::at)).toList());
  }

  private void admitted(Duration after, String body) {
    call(after, body, 200, TOKENS, Duration.ZERO);
  }

  private void rejected(Duration after, String body, Duration retryAfter) {
    call(after, body, 429, 0, retryAfter);
  }

  private void call(Duration after, String body, int status, long charged, Duration retryAfter) {
    calls.add(
        new ProviderCall(
            START.plus(after), Duration.ofMillis(1), "0001", status, charged, retryAfter, body));
  }
}
