package dev.sluice.worker.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.AnswerRules;
import dev.sluice.common.wire.CallHistory;
import dev.sluice.common.wire.CallRecord;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.Lane;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.common.wire.TaskIds;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TaskTier;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.classify.TaskOutcome.NotReady;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.classify.UsageReader;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.live.LiveReply;
import dev.sluice.worker.live.LiveReply.StreamEnd;
import dev.sluice.worker.provider.Reply.Answered;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import dev.sluice.worker.settle.Settlement.Finish;
import dev.sluice.worker.settle.Settlement.ReAsk;
import dev.sluice.worker.settle.Settlement.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettlementPolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final int MAX_ATTEMPTS = 3;

  private final SettlementPolicy policy = new SettlementPolicy(route(), new Random(7), "worker-a");

  @Test
  void replyFinishesTaskWithUsage() {
    Answered reply =
        new Answered(
            200,
            Map.of("x-request-id", List.of("req_1")),
            Payload.of("{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}"),
            Duration.ofMillis(30));

    assertThat(settle(task(2), new Completed(reply, UsageReader.of(reply), false), NOW))
        .isInstanceOfSatisfying(
            Finish.class,
            finish -> {
              assertThat(finish.outcome().kind()).isEqualTo(OutcomeKind.COMPLETED);
              assertThat(finish.outcome().body()).isEqualTo(reply.body());
              assertThat(finish.outcome().stats().attempts()).isEqualTo(2);
              assertThat(finish.outcome().stats().promptTokens()).isEqualTo(5);
              assertThat(finish.outcome().stats().completionTokens()).isEqualTo(2);
              assertThat(finish.outcome().stats().requestId()).isEqualTo("req_1");
            });
  }

  @Test
  void cutOffAnswerCompletesTaskWithMark() {
    assertThat(settle(task(1), cutOff(), NOW))
        .isInstanceOfSatisfying(
            Finish.class,
            finish -> {
              assertThat(finish.outcome().kind()).isEqualTo(OutcomeKind.COMPLETED);
              assertThat(finish.outcome().cutOff()).isTrue();
            });
  }

  @Test
  void cutOffAnswerIsDeadLetteredIfTaskDoesNotAcceptIt() {
    assertThat(settle(failingIfCutOff(task(1)), cutOff(), NOW))
        .isInstanceOfSatisfying(
            DeadLetter.class,
            deadLetter -> {
              assertThat(deadLetter.code()).isEqualTo(FailureCode.CUT_OFF);
              assertThat(deadLetter.outcome().body()).isEqualTo(task(1).body());
              assertThat(deadLetter.outcome().stats().completionTokens()).isEqualTo(2);
            });
  }

  @Test
  void answerThatDoesNotFitIsAskedAgainAsTheSameAttempt() {
    assertThat(settle(checked(task(2)), invalid(true), NOW))
        .isInstanceOfSatisfying(
            ReAsk.class,
            reAsk -> {
              TaskMessage next = reAsk.task();
              assertThat(next.attempt()).isEqualTo(2);
              assertThat(next.notBefore()).isNull();
              assertThat(next.body()).isEqualTo(task(2).body());
              assertThat(next.check().last())
                  .isEqualTo(new InvalidAnswer(1, 5, 2, "{}", "answer: no name"));
              assertThat(next.history().calls())
                  .extracting(CallRecord::code)
                  .containsExactly("invalid_output");
            });
  }

  @Test
  void usageOfAllAnswersIsSummed() {
    TaskMessage asked = askedOnce();

    assertThat(settle(asked, invalid(true).completed(), NOW))
        .isInstanceOfSatisfying(
            Finish.class,
            finish -> {
              assertThat(finish.outcome().check()).isEqualTo(CheckResult.fits(2));
              assertThat(finish.outcome().stats().attempts()).isEqualTo(1);
              assertThat(finish.outcome().stats().promptTokens()).isEqualTo(10);
              assertThat(finish.outcome().stats().completionTokens()).isEqualTo(4);
              assertThat(finish.outcome().stats().history().calls()).hasSize(2);
            });
    assertThat(settle(asked, new TaskOutcome.Expired(), NOW))
        .isInstanceOfSatisfying(
            Finish.class,
            finish -> assertThat(finish.outcome().stats().promptTokens()).isEqualTo(5));
  }

  @Test
  void retryOfAReAskKeepsTheAnswerThatDoesNotFit() {
    assertThat(settle(askedOnce(), unavailable(null), NOW))
        .isInstanceOfSatisfying(
            Delay.class,
            delay -> {
              assertThat(delay.task().attempt()).isEqualTo(2);
              assertThat(delay.task().check().last().answers()).isEqualTo(1);
            });
  }

  @Test
  void lastAnswerThatDoesNotFitIsDeadLetteredWithItsReply() {
    assertInvalidOutput(settle(askedOnce(), invalid(true), NOW), 2);
    assertInvalidOutput(settle(checked(task(1)), invalid(false), NOW), 1);
  }

  private static void assertInvalidOutput(Settlement settlement, int answers) {
    assertThat(settlement)
        .isInstanceOfSatisfying(
            DeadLetter.class,
            deadLetter -> {
              assertThat(deadLetter.code()).isEqualTo(FailureCode.INVALID_OUTPUT);
              assertThat(deadLetter.outcome().failure())
                  .isEqualTo(new Failure(FailureCode.INVALID_OUTPUT, "answer: no name"));
              assertThat(deadLetter.outcome().body()).isEqualTo(task(1).body());
              assertThat(deadLetter.outcome().check())
                  .isEqualTo(CheckResult.invalid(answers, Payload.of("{}")));
            });
  }

  @Test
  void cutOffHasPrecedenceIfTaskDoesNotAcceptIt() {
    InvalidOutput invalid = new InvalidOutput(cutOff(), "{", "not JSON", true);

    assertThat(settle(failingIfCutOff(checked(task(1))), invalid, NOW))
        .isInstanceOfSatisfying(
            DeadLetter.class,
            deadLetter -> assertThat(deadLetter.code()).isEqualTo(FailureCode.CUT_OFF));
  }

  private static TaskMessage failingIfCutOff(TaskMessage task) {
    return task.withAnswerRules(new AnswerRules(true, task.check()));
  }

  private static TaskMessage checked(TaskMessage task) {
    return task.withAnswerRules(new AnswerRules(false, AnswerCheck.of("{}", 1)));
  }

  private TaskMessage askedOnce() {
    return ((ReAsk) settle(checked(task(1)), invalid(true), NOW)).task();
  }

  private static InvalidOutput invalid(boolean canReAsk) {
    Answered reply = new Answered(200, Map.of(), Payload.of("{}"), Duration.ofMillis(30));
    return new InvalidOutput(
        new Completed(reply, new TokenUsage(5, 2), false), "{}", "answer: no name", canReAsk);
  }

  private static Completed cutOff() {
    Answered reply = new Answered(200, Map.of(), Payload.of("{}"), Duration.ofMillis(30));
    return new Completed(reply, new TokenUsage(5, 2), true);
  }

  @ParameterizedTest
  @CsvSource({"request-id, req_011", "apim-request-id, 1b9a", "x-request-id, req_1"})
  void requestIdIsReadFromEachProvidersHeader(String header, String id) {
    Map<String, List<String>> headers =
        new HashMap<>(Map.of("x-request-id", List.of("a proxy's own")));
    headers.put(header, List.of(id));
    Answered reply = new Answered(200, headers, Payload.of("{}"), Duration.ofMillis(30));

    assertThat(settle(task(1), new Completed(reply, TokenUsage.NONE, false), NOW))
        .isInstanceOfSatisfying(
            Finish.class, finish -> assertThat(finish.outcome().stats().requestId()).isEqualTo(id));
  }

  @Test
  void delayForUnreachableCallerGrowsWithAge() {
    TaskMessage task = task(1);
    assertThat(policy.callerUnreachable(task, NOW.plusMillis(100)))
        .isInstanceOfSatisfying(
            Delay.class,
            delay -> {
              assertThat(delay.duration()).isEqualTo(Duration.ofSeconds(1));
              assertThat(delay.task().attempt()).isEqualTo(1);
            });
    assertThat(policy.callerUnreachable(task, NOW.plusSeconds(40)))
        .isInstanceOfSatisfying(
            Delay.class, delay -> assertThat(delay.duration()).isEqualTo(Duration.ofSeconds(5)));
    assertThat(policy.callerUnreachable(task, NOW.plus(Duration.ofMinutes(61))))
        .isInstanceOf(Discard.class);
  }

  @Test
  void throttledCallNeverCountsAsAnAttempt() {
    TaskMessage task = task(MAX_ATTEMPTS);
    for (int i = 1; i <= 50; i++) {
      Settlement settlement = settle(task, throttled(null), NOW);

      assertThat(settlement).isInstanceOf(Delay.class);
      task = ((Delay) settlement).task();
      assertThat(task.attempt()).isEqualTo(MAX_ATTEMPTS);
      assertThat(task.throttles()).isEqualTo(i);
    }
  }

  @Test
  void retryIsNeverEarlierThanRetryAfter() {
    Duration retryAfter = Duration.ofSeconds(20);
    for (int i = 0; i < 100; i++) {
      Delay delay = (Delay) settle(task(1), throttled(retryAfter), NOW);

      assertThat(delay.duration()).isBetween(retryAfter, Duration.ofSeconds(22));
      assertThat(delay.task().notBefore()).isEqualTo(NOW.plus(delay.duration()));
    }
  }

  @Test
  void failedAttemptCountsAndBackoffGrowsToCap() {
    for (int i = 0; i < 100; i++) {
      Delay first = (Delay) settle(task(1), unavailable(null), NOW);
      Delay second = (Delay) settle(task(2), unavailable(null), NOW);

      assertThat(first.task().attempt()).isEqualTo(2);
      assertThat(first.duration()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(1));
      assertThat(second.duration()).isBetween(Duration.ofMillis(250), Duration.ofMillis(1500));
    }
  }

  @Test
  void failureWithRetryAfterIsNotRetriedEarlier() {
    Delay delay = (Delay) settle(task(1), unavailable(Duration.ofSeconds(9)), NOW);

    assertThat(delay.duration()).isGreaterThanOrEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void everyCallIsInHistoryWithRetryAfter() {
    Answered errorReply = new Answered(400, Map.of(), Payload.of("{}"), Duration.ofMillis(80));
    Delay throttled = (Delay) settle(task(1), throttled(Duration.ofSeconds(20)), NOW);
    Delay failed = (Delay) settle(throttled.task(), unavailable(null), NOW.plusSeconds(21));
    Delay paused = (Delay) policy.paused(failed.task(), NOW.plusSeconds(22));
    DeadLetter deadLetter =
        (DeadLetter)
            settle(
                paused.task(),
                new Rejected(FailureCode.INVALID_REQUEST, errorReply),
                NOW.plusSeconds(30));

    assertThat(deadLetter.outcome().stats().history().calls())
        .containsExactly(
            new CallRecord(NOW, "worker-a", 429, "throttled", 20_000L),
            new CallRecord(NOW.plusSeconds(21), "worker-a", null, "no_response", null),
            new CallRecord(
                NOW.plusSeconds(30).minusMillis(80), "worker-a", 400, "invalid_request", null));
  }

  @Test
  void historyNamesTheMemberThatWasCalled() {
    Answered reply = new Answered(200, Map.of(), Payload.of("{}"), Duration.ZERO);
    TaskMessage refused = policy.refused(task(1), throttled(null), "eu", NOW);

    Finish finish =
        (Finish)
            policy.settle(
                refused,
                new Completed(reply, TokenUsage.NONE, false),
                "us",
                RouteHealth.HEALTHY,
                NOW);

    assertThat(finish.outcome().stats().attempts()).isEqualTo(1);
    assertThat(finish.outcome().stats().history().calls())
        .extracting(CallRecord::code, CallRecord::member)
        .containsExactly(tuple("throttled", "eu"), tuple("completed", "us"));
  }

  @Test
  void expiredTaskKeepsHistory() {
    Delay throttled = (Delay) settle(task(1), throttled(null), NOW);

    Finish finish = (Finish) settle(throttled.task(), new TaskOutcome.Expired(), NOW);

    assertThat(finish.outcome().stats().history().calls())
        .extracting(CallRecord::code)
        .containsExactly("throttled");
  }

  @Test
  void lastAttemptDeadLettersTaskWithRequest() {
    TaskMessage task = task(MAX_ATTEMPTS);

    DeadLetter deadLetter = (DeadLetter) settle(task, unavailable(null), NOW);

    assertThat(deadLetter.code()).isEqualTo(FailureCode.ATTEMPTS_EXHAUSTED);
    assertThat(deadLetter.outcome().body()).isEqualTo(task.body());
    assertThat(deadLetter.outcome().stats().attempts()).isEqualTo(MAX_ATTEMPTS);
  }

  @Test
  void rejectedTaskIsDeadLetteredWithProviderError() {
    Answered reply = new Answered(400, Map.of(), Payload.of("{\"error\":{}}"), Duration.ZERO);

    DeadLetter deadLetter =
        (DeadLetter) settle(task(1), new Rejected(FailureCode.INVALID_REQUEST, reply), NOW);

    assertThat(deadLetter.outcome().failure()).isNotNull();
    assertThat(deadLetter.outcome().failure().detail()).isEqualTo("{\"error\":{}}");
    assertThat(deadLetter.outcome().stats().statusCode()).isEqualTo(400);
    assertThat(deadLetter.outcome().routingKey()).isEqualTo("failed.mini");
  }

  @Test
  void routeDownDoesNotCountAsAnAttempt() {
    Answered reply = new Answered(401, Map.of(), Payload.empty(), Duration.ZERO);

    RouteHealth held = new RouteHealth(Duration.ofSeconds(30), true);
    Delay delay =
        (Delay)
            policy.settle(
                task(2), new RouteDown(HoldKind.API_KEY, "bad key", reply), "", held, NOW);

    assertThat(delay.task().attempt()).isEqualTo(2);
    assertThat(delay.task().throttles()).isZero();
  }

  @Test
  void rejectedKeyOfOneTaskCountsItsAttemptsAndIsDeadLettered() {
    Answered reply = new Answered(403, Map.of(), Payload.of("<html>"), Duration.ZERO);
    RouteDown down = new RouteDown(HoldKind.API_KEY, "bad key", reply);

    Delay delay = (Delay) policy.settle(task(1), down, "", RouteHealth.HEALTHY, NOW);
    DeadLetter dead =
        (DeadLetter) policy.settle(task(MAX_ATTEMPTS), down, "", RouteHealth.HEALTHY, NOW);

    assertThat(delay.task().attempt()).isEqualTo(2);
    assertThat(dead.code()).isEqualTo(FailureCode.ATTEMPTS_EXHAUSTED);
    assertThat(dead.outcome().stats().statusCode()).isEqualTo(403);
  }

  @Test
  void aRetryAfterDelayOfADayIsCapped() {
    Delay delay =
        (Delay) policy.settle(task(1), throttled(Duration.ofDays(1)), "", RouteHealth.HEALTHY, NOW);

    assertThat(delay.duration()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
    assertThat(delay.task().throttles()).isEqualTo(1);
  }

  @Test
  void aTaskOfAHeldSourceReturnsAfterTheHoldOrAMinute() {
    Delay shortly = (Delay) policy.sourceHeld(task(2), Duration.ofSeconds(20), NOW);
    Delay later = (Delay) policy.sourceHeld(task(2), Duration.ofMinutes(5), NOW);

    assertThat(shortly.duration()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(22));
    assertThat(later.duration()).isBetween(Duration.ofMinutes(1), Duration.ofSeconds(66));
    assertThat(later.task().attempt()).isEqualTo(2);
  }

  @Test
  void failuresOfAnOutageDoNotCountAsAttempts() {
    RouteHealth outage = new RouteHealth(Duration.ofSeconds(8), true);

    Delay delay = (Delay) policy.settle(task(MAX_ATTEMPTS), unavailable(null), "", outage, NOW);

    assertThat(delay.task().attempt()).isEqualTo(MAX_ATTEMPTS);
    assertThat(delay.duration()).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(9));
  }

  @Test
  void taskDoesNotReturnDuringHold() {
    RouteHealth held = new RouteHealth(Duration.ofMinutes(5), false);

    Delay throttled =
        (Delay) policy.settle(task(1), throttled(Duration.ofSeconds(1)), "", held, NOW);
    Delay failed = (Delay) policy.settle(task(1), unavailable(null), "", held, NOW);

    assertThat(throttled.duration()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
    assertThat(failed.duration()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
    assertThat(failed.task().attempt()).isEqualTo(2);
  }

  @Test
  void delayIsLimitedToDeadline() {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "mini", Lane.BATCH, "c", null);
    TaskMessage task =
        TaskMessage.first(ids, NOW, NOW.plusSeconds(60), Payload.of("{\"model\":\"m\"}"));

    Delay delay = (Delay) settle(task, throttled(Duration.ofHours(24)), NOW);

    assertThat(delay.duration()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void tooLargeReplyBecomesDeadLetter() {
    DeadLetter deadLetter =
        (DeadLetter)
            settle(task(1), new TaskOutcome.ReplyTooLarge("too large", Duration.ZERO), NOW);

    assertThat(deadLetter.code()).isEqualTo(FailureCode.REPLY_TOO_LARGE);
  }

  @Test
  void tooLongPromptBecomesDeadLetterWithoutCall() {
    TaskMessage task = task(1);

    DeadLetter deadLetter =
        (DeadLetter) settle(task, new TaskOutcome.PromptTooLong("too long"), NOW);

    assertThat(deadLetter.code()).isEqualTo(FailureCode.CONTEXT_LENGTH_EXCEEDED);
    assertThat(deadLetter.outcome().failure()).isNotNull();
    assertThat(deadLetter.outcome().failure().detail()).isEqualTo("too long");
    assertThat(deadLetter.outcome().stats().attempts()).isZero();
    assertThat(deadLetter.outcome().stats().statusCode()).isNull();
    assertThat(deadLetter.outcome().body()).isEqualTo(task.body());
  }

  @Test
  void expiredTaskFinishesWithoutDeadLetter() {
    Finish finish = (Finish) settle(task(1), new TaskOutcome.Expired(), NOW);

    assertThat(finish.outcome().kind()).isEqualTo(OutcomeKind.EXPIRED);
    assertThat(finish.outcome().routingKey()).isEqualTo("expired.mini");
    assertThat(finish.outcome().stats().attempts()).isZero();
  }

  @Test
  void expiredReplayBecomesDeadLetter() {
    TaskMessage task = task(1);
    TaskMessage replay =
        new TaskMessage(
            task.ids().nextRun(),
            1,
            0,
            NOW,
            null,
            null,
            null,
            0,
            false,
            task.body(),
            CallHistory.NONE);

    DeadLetter deadLetter = (DeadLetter) settle(replay, new TaskOutcome.Expired(), NOW);

    assertThat(deadLetter.code()).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
    assertThat(deadLetter.outcome().routingKey()).isEqualTo("failed.mini");
    assertThat(deadLetter.outcome().ids().run()).isEqualTo(2);
  }

  @Test
  void expiredTaskThatWasLostBeforeExpires() {
    TaskIds recovered =
        new TaskIds("t", "b", "/v1/chat/completions", "mini", Lane.BATCH, "c", null, 3, 2);
    TaskMessage task =
        new TaskMessage(
            recovered,
            1,
            0,
            NOW,
            null,
            null,
            null,
            0,
            false,
            Payload.of("{\"model\":\"m\"}"),
            CallHistory.NONE);

    Finish finish = (Finish) settle(task, new TaskOutcome.Expired(), NOW);

    assertThat(finish.outcome().routingKey()).isEqualTo("expired.mini");
    assertThat(recovered.isReplay()).isFalse();
    assertThat(recovered.nextRun().isReplay()).isTrue();
  }

  @Test
  void liveCallerGetsProvidersReply() {
    Answered reply = new Answered(400, Map.of(), Payload.of("{\"error\":{}}"), Duration.ZERO);
    for (TaskOutcome outcome :
        List.of(
            new Completed(reply, TokenUsage.NONE, false),
            new Rejected(FailureCode.INVALID_REQUEST, reply),
            new RouteDown(HoldKind.QUOTA, "no quota", reply))) {
      assertThat(settleLive(1, outcome, false))
          .isInstanceOfSatisfying(
              Reply.class,
              settlement ->
                  assertThat(((LiveReply.Complete) settlement.liveReply()).reply())
                      .isSameAs(reply));
    }
  }

  @Test
  void rateLimitsAndFailuresOfLiveTasksAreDelayed() {
    assertThat(settleLive(1, throttled(null), false)).isInstanceOf(Delay.class);
    assertThat(settleLive(1, unavailable(null), false)).isInstanceOf(Delay.class);
    assertThat(failure(settleLive(MAX_ATTEMPTS, unavailable(null), false)))
        .isEqualTo("attempts_exhausted");
  }

  @Test
  void startedStreamIsNotRetried() {
    assertThat(failure(settleLive(1, unavailable(null), true))).isEqualTo("stream_broken");
    Answered head = new Answered(200, Map.of(), Payload.empty(), Duration.ZERO);
    assertThat(settleLive(1, new Completed(head, new TokenUsage(3, 4), false), true))
        .isInstanceOfSatisfying(
            Reply.class,
            settlement -> assertThat(settlement.liveReply()).isInstanceOf(StreamEnd.class));
  }

  @Test
  void taskOfDisconnectedCallerIsDiscarded() {
    assertThat(settleLive(1, new Abandoned(Duration.ZERO), true)).isEqualTo(new Discard());
  }

  @Test
  void taskWaitsForServerThatIsNotReady() {
    NotReady notReady =
        new NotReady(
            "Loading model", null, new Answered(503, Map.of(), Payload.empty(), Duration.ZERO));
    for (int i = 0; i < 100; i++) {
      assertThat(settle(task(MAX_ATTEMPTS), notReady, NOW))
          .isInstanceOfSatisfying(
              Delay.class,
              delay -> {
                assertThat(delay.task().attempt()).isEqualTo(MAX_ATTEMPTS);
                assertThat(delay.task().history().calls().getLast().code()).isEqualTo("not_ready");
              });
    }
    assertThat(settleLive(MAX_ATTEMPTS, notReady, false)).isInstanceOf(Delay.class);
  }

  @Test
  void refusedTaskReturnsAfterDelaysThatGrowAndCountsNoAttempt() {
    TaskOutcome.NoCapacity refused = noCapacity(null);
    TaskMessage task = task(MAX_ATTEMPTS);
    long longest = 0;
    for (int i = 1; i <= 200; i++) {
      Delay delay = (Delay) settle(task, refused, NOW);
      task = delay.task();
      longest = Math.max(longest, delay.duration().toMillis());
      assertThat(task.tier().refusals()).isEqualTo(i);
      assertThat(delay.duration()).isBetween(Duration.ofMillis(250), Duration.ofMillis(1500));
    }
    assertThat(longest).as("the bound grows from 1 s to the cap").isGreaterThan(1000);
    assertThat(task.attempt()).isEqualTo(MAX_ATTEMPTS);
    assertThat(task.throttles()).isZero();
    assertThat(task.history().calls().getLast().code()).isEqualTo("no_capacity");
    assertThat(((Delay) settle(task, noCapacity(Duration.ofSeconds(9)), NOW)).duration())
        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(10));
    assertThat(settleLive(MAX_ATTEMPTS, refused, false)).isInstanceOf(Delay.class);
  }

  @Test
  void taskOfAModelWithoutTheTierReturnsAtTheStandardTier() {
    Delay delay =
        (Delay)
            settle(
                task(MAX_ATTEMPTS).withTier(TaskTier.of(ServiceTier.FLEX)),
                new TaskOutcome.NoTier(new Answered(400, Map.of(), Payload.empty(), Duration.ZERO)),
                NOW);

    assertThat(delay.duration()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(delay.task().tier().requested()).isEqualTo(ServiceTier.STANDARD);
    assertThat(delay.task().attempt()).isEqualTo(MAX_ATTEMPTS);
  }

  private static TaskOutcome.NoCapacity noCapacity(@Nullable Duration retryAfter) {
    return new TaskOutcome.NoCapacity(
        retryAfter, new Answered(429, Map.of(), Payload.empty(), Duration.ZERO));
  }

  @Test
  void unusableReplyIsNotForwardedToLiveCaller() {
    Unavailable page =
        new Unavailable(
            "HTTP 200 (text/html)",
            null,
            new Answered(200, Map.of(), Payload.of("<html>"), Duration.ZERO),
            Duration.ZERO);

    assertThat(failure(settleLive(MAX_ATTEMPTS, page, false))).isEqualTo("attempts_exhausted");
  }

  @Test
  void redirectIsNotForwardedToLiveCaller() {
    assertThat(failure(settleLive(MAX_ATTEMPTS, unavailable(302), false)))
        .isEqualTo("attempts_exhausted");
    assertThat(settleLive(MAX_ATTEMPTS, unavailable(500), false))
        .isInstanceOfSatisfying(
            Reply.class,
            reply ->
                assertThat(((LiveReply.Complete) reply.liveReply()).reply().status())
                    .isEqualTo(500));
  }

  @Test
  void outcomeOfATaskThatWasAskedBeforeHasTheNumberOfItsAnswers() {
    Answered reply = new Answered(400, Map.of(), Payload.of("{}"), Duration.ZERO);
    CheckResult asked = CheckResult.withoutInvalidReply(1);

    assertThat(check(settle(askedOnce(), new Rejected(FailureCode.INVALID_REQUEST, reply), NOW)))
        .isEqualTo(asked);
    assertThat(check(settle(askedOnce(), new TaskOutcome.Expired(), NOW))).isEqualTo(asked);
    assertThat(check(settle(askedOnce(), new TaskOutcome.Cancelled(), NOW))).isEqualTo(asked);
    assertThat(check(settle(failingIfCutOff(askedOnce()), cutOff(), NOW)))
        .isEqualTo(CheckResult.withoutInvalidReply(2));
    assertThat(check(settle(checked(task(1)), new TaskOutcome.Expired(), NOW))).isNull();
  }

  private static @Nullable CheckResult check(Settlement settlement) {
    return settlement instanceof Finish finish
        ? finish.outcome().check()
        : ((DeadLetter) settlement).outcome().check();
  }

  private static Unavailable unavailable(int status) {
    return new Unavailable(
        "HTTP " + status,
        null,
        new Answered(status, Map.of(), Payload.empty(), Duration.ZERO),
        Duration.ZERO);
  }

  private Settlement settleLive(int attempt, TaskOutcome outcome, boolean streaming) {
    return policy.settleLive(task(attempt), outcome, "", streaming, RouteHealth.HEALTHY, NOW);
  }

  private static String failure(Settlement settlement) {
    return ((LiveReply.Failed) ((Reply) settlement).liveReply()).failure().code();
  }

  private Settlement settle(TaskMessage task, TaskOutcome outcome, Instant now) {
    return policy.settle(task, outcome, "", RouteHealth.HEALTHY, now);
  }

  private static Throttled throttled(@Nullable Duration retryAfter) {
    return new Throttled(
        retryAfter, new Answered(429, Map.of(), Payload.empty(), Duration.ZERO), null);
  }

  private static Unavailable unavailable(@Nullable Duration retryAfter) {
    return new Unavailable("HTTP 500", retryAfter, null, Duration.ZERO);
  }

  private static TaskMessage task(int attempt) {
    TaskIds ids = new TaskIds("t", "b", "/v1/chat/completions", "mini", Lane.BATCH, "c", null);
    return new TaskMessage(
        ids,
        attempt,
        0,
        NOW,
        null,
        null,
        null,
        0,
        false,
        Payload.of("{\"model\":\"m\"}"),
        CallHistory.NONE);
  }

  private static RouteSettings route() {
    return TestRoutes.route(
        "mini",
        Map.of("max-attempts", MAX_ATTEMPTS, "backoff.base", "1s", "backoff.cap", "1500ms"));
  }
}
