package dev.sluice.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Payload;
import dev.sluice.worker.limit.HoldPolicy.FailureCause;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences of calls in virtual time, with a circuit breaker of 5 failures. */
class HoldPolicyTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final HoldPolicy policy = new HoldPolicy(5);
  private long now = Duration.ofHours(1).toNanos();

  /**
   * One call per second. {@code a1!} is a failed call of the task 1 of the batch a, {@code b} a
   * successful call of the batch b.
   */
  @ParameterizedTest
  @CsvSource({
    // one batch only: it is held once enough of its tasks have failed in a row
    "api_key,         a1!,                       REQUEST",
    "api_key,         a1! a1! a1! a1!,           REQUEST",
    "api_key,         a1! a2!,                   REQUEST",
    "api_key,         a1! a2! a3!,               SOURCE",
    "model_not_found, a1! a2! a3!,               SOURCE",
    "quota,           a1!,                       REQUEST",
    "quota,           a1! a2!,                   SOURCE",
    "breaker,         a1! a1! a1! a1! a1!,       REQUEST",
    "breaker,         a1! a2!,                   OUTAGE",
    "breaker,         a1! a2! a1! a2! a1!,       SOURCE",
    "rate_limit,      a1!,                       SOURCE",
    // a success of the batch itself: these requests are the cause
    "api_key,         a1! a a2! a a3!,           REQUEST",
    "api_key,         a1! a2! a3! a a1! a2! a3!, REQUEST",
    "breaker,         a1! a2! a a1! a2! a1!,     REQUEST",
    // others succeed: the batch is the cause
    "api_key,         a1! b a2! a3! a4!,         REQUEST",
    "quota,           a1! b a2! a3! a4!,         REQUEST",
    "breaker,         a1! b a2! a3! a4! a5! a6!, REQUEST",
    "rate_limit,      a1! b a2!,                 SOURCE",
    // different batches fail, and none succeeds
    "api_key,         a1! b1!,                   ROUTE",
    "quota,           a1! b1!,                   ROUTE",
    "breaker,         a1! b1!,                   OUTAGE",
    "breaker,         a1! b1! a2! b2! a3!,       ROUTE",
    "rate_limit,      a1! b1!,                   ROUTE",
    "api_key,         a1! c b1!,                 REQUEST",
  })
  void causeFollowsTheEvidence(String kind, String calls, FailureCause cause) {
    assertThat(causeOfLast(HoldKind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), calls))
        .isEqualTo(cause);
  }

  /**
   * As above, with a project before each batch: {@code p:a1!} is a failed call of the project p.
   * {@code 20s} is a time without calls.
   */
  @ParameterizedTest
  @CsvSource({
    // only one project is active: its batches are the evidence
    "api_key,    p:a1! p:b1!,                             ROUTE",
    "quota,      p:a1! p:b1!,                             ROUTE",
    "breaker,    p:a1! p:b1! p:c1! p:d1! p:e1!,           ROUTE",
    "rate_limit, p:a1! p:b1!,                             ROUTE",
    // several are active, and one of them fails: its batches are held, not the route
    "api_key,    q:x p:a1! p:b1!,                         REQUEST",
    "api_key,    q:x p:a1! p:b1! p:c1!,                   SOURCE",
    "quota,      q:x p:a1! p:b1!,                         SOURCE",
    "breaker,    q:x p:a1! p:b1! p:c1! p:d1!,             OUTAGE",
    "breaker,    q:x p:a1! p:b1! p:c1! p:d1! p:e1!,       SOURCE",
    "breaker,    q:x p:a1! p:b1! p:c1! p:d1! p:e1! p:f1!, SOURCE",
    "rate_limit, q:x p:a1! p:b1!,                         SOURCE",
    // several are active, and several fail: as fast as with one
    "api_key,    p:a1! q:x1!,                             ROUTE",
    "quota,      p:a1! q:x1!,                             ROUTE",
    "breaker,    p:a1! q:x1! p:b1! q:y1! p:c1!,           ROUTE",
    "breaker,    q:x p:a1! p:b1! p:c1! p:d1! q:x1!,       ROUTE",
    "breaker,    q:x p:a1! p:b1! p:c1! p:d1! p:e1! q:x1!, ROUTE",
    // the other has sent no call for more than 30 s
    "quota,      q:x 31s p:a1! p:b1!,                     ROUTE",
    "quota,      q:x 20s p:a1! p:b1!,                     SOURCE",
  })
  void onlyFailuresOfSeveralActiveProjectsHoldTheRoute(
      String kind, String calls, FailureCause cause) {
    assertThat(causeOfLast(HoldKind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), calls))
        .isEqualTo(cause);
  }

  @Test
  void theHoldOfAPeerIsEvidenceOfItsProject() {
    policy.onPeerHold(Set.of("a ", "b "), Set.of("p"), HoldKind.QUOTA, now);
    policy.onCall(call("q:x"), now);

    assertThat(fail("p:c1", HoldKind.QUOTA)).isEqualTo(FailureCause.SOURCE);
    assertThat(fail("q:x1", HoldKind.QUOTA)).isEqualTo(FailureCause.ROUTE);
  }

  @Test
  void aSuccessOfACallSentBeforeTheFailureDoesNotIsolateTheSource() {
    long before = now;
    fail("a1", HoldKind.API_KEY);
    policy.onSuccess(call("b"), before - SECOND, now);

    assertThat(fail("a2", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
    assertThat(fail("c1", HoldKind.API_KEY)).isEqualTo(FailureCause.ROUTE);
  }

  @Test
  void isolationOfABatchEndsHalfAMinuteAfterTheLastSuccessOfAnother() {
    fail("a1", HoldKind.BREAKER);
    succeed("b");
    now += 31 * SECOND;

    List<FailureCause> causes =
        List.of(
            fail("a2", HoldKind.BREAKER),
            fail("a3", HoldKind.BREAKER),
            fail("a4", HoldKind.BREAKER),
            fail("a5", HoldKind.BREAKER),
            fail("a6", HoldKind.BREAKER));

    assertThat(causes)
        .containsExactly(
            FailureCause.REQUEST,
            FailureCause.OUTAGE,
            FailureCause.OUTAGE,
            FailureCause.OUTAGE,
            FailureCause.SOURCE);
  }

  @Test
  void aTaskThatFailedWhileOthersSucceededIsNoEvidenceLater() {
    fail("a1", HoldKind.API_KEY);
    fail("a2", HoldKind.API_KEY);
    succeed("a");
    now += 120 * SECOND;

    assertThat(fail("a1", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
    assertThat(fail("a2", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
    assertThat(fail("a3", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
  }

  @Test
  void aTaskThatAlwaysFailsDoesNotEraseTheEvidenceOfAnOutage() {
    fail("a1", HoldKind.BREAKER);
    succeed("b");
    now += 31 * SECOND;
    for (String task : List.of("a2", "a3", "a4", "a5")) {
      fail(task, HoldKind.BREAKER);
    }

    assertThat(fail("a1", HoldKind.BREAKER)).isEqualTo(FailureCause.REQUEST);
    assertThat(fail("a6", HoldKind.BREAKER)).isEqualTo(FailureCause.SOURCE);
  }

  @Test
  void theSameRequestOfDifferentCallersCountsAsOneSource() {
    Payload poison = Payload.of("poison");
    policy.onFailure(new CallOrigin("1", "a", poison), HoldKind.QUOTA, now);

    assertThat(policy.onFailure(new CallOrigin("2", "b", poison), HoldKind.QUOTA, now))
        .isEqualTo(FailureCause.SOURCE);
    assertThat(policy.suspects(HoldKind.QUOTA, now)).containsExactly("a ", "b ");
  }

  @Test
  void modelsOfOneBatchAreSeparateSourcesButOneCaller() {
    fail("a1", "m1", HoldKind.API_KEY);
    fail("a2", "m1", HoldKind.API_KEY);
    succeed("a", "m2");

    assertThat(fail("a3", "m1", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
    assertThat(policy.suspects(HoldKind.API_KEY, now)).isEmpty();
  }

  @Test
  void a429ShowsThatThereIsNoOutage() {
    for (String task : List.of("a1", "b1", "a2", "b2")) {
      fail(task, HoldKind.BREAKER);
    }
    policy.onReachable();

    assertThat(fail("a3", HoldKind.BREAKER)).isEqualTo(FailureCause.REQUEST);
  }

  @Test
  void aHoldOfAPeerIsEvidence() {
    policy.onPeerHold(Set.of("a "), Set.of(), HoldKind.API_KEY, now);

    assertThat(fail("b1", HoldKind.API_KEY)).isEqualTo(FailureCause.ROUTE);
  }

  @Test
  void clearedEvidenceDoesNotCount() {
    fail("a1", HoldKind.API_KEY);
    policy.clear();

    assertThat(fail("b1", HoldKind.API_KEY)).isEqualTo(FailureCause.REQUEST);
  }

  private FailureCause causeOfLast(HoldKind kind, String calls) {
    FailureCause cause = FailureCause.REQUEST;
    for (String step : Arrays.asList(calls.split(" "))) {
      if (step.endsWith("s")) {
        now += Duration.parse("PT" + step).toNanos();
      } else if (step.endsWith("!")) {
        cause = fail(step.substring(0, step.length() - 1), kind);
      } else {
        succeed(step);
      }
    }
    return cause;
  }

  private FailureCause fail(String task, HoldKind kind) {
    now += SECOND;
    policy.onCall(call(task), now);
    return policy.onFailure(call(task), kind, now);
  }

  private FailureCause fail(String task, String model, HoldKind kind) {
    now += SECOND;
    return policy.onFailure(call(task, model), kind, now);
  }

  private void succeed(String batch) {
    now += SECOND;
    policy.onCall(call(batch), now);
    policy.onSuccess(call(batch), now - SECOND / 2, now);
  }

  private void succeed(String batch, String model) {
    now += SECOND;
    policy.onSuccess(call(batch, model), now - SECOND / 2, now);
  }

  private static CallOrigin call(String task) {
    int colon = task.indexOf(':');
    if (colon > 0) {
      String batch = task.substring(colon + 1, colon + 2);
      return new CallOrigin(task, batch, task.substring(0, colon), Payload.of(task));
    }
    return new CallOrigin(task, task.substring(0, 1), Payload.of(task));
  }

  private static CallOrigin call(String task, String model) {
    return new CallOrigin(
        task,
        task.substring(0, 1),
        Payload.of("{\"model\":\"%s\",\"user\":\"%s\"}".formatted(model, task)));
  }
}
