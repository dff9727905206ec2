package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.platform.route.TestRoutes;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.provider.Reply;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeClassifierTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-01T10:00:00Z"), ZoneOffset.UTC);

  private final OutcomeClassifier classifier = classifier(Map.of());

  @Test
  void completeReplyCompletesTask() {
    Answered reply = answered(200, "{\"id\":\"x\"}");

    assertThat(classifier.classify(reply)).isEqualTo(new Completed(reply, TokenUsage.NONE, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"finish_reason\":\"stop\"},{\"finish_reason\":\"length\"}]}",
        "{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}",
        "{\"type\":\"message\",\"stop_reason\":\"max_tokens\"}",
        "{\"candidates\":[{\"finishReason\":\"MAX_TOKENS\"}]}"
      })
  void answerThatEndsAtTheTokenLimitIsCutOff(String body) {
    assertThat(classifier.classify(answered(200, body)))
        .isInstanceOfSatisfying(
            Completed.class, completed -> assertThat(completed.cutOff()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: {\"choices\":[],\"usage\":{}}\n\ndata: [DONE]\n\n",
        "event: response.incomplete\ndata: {\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}}\n\n",
        "event: message_delta\r\ndata:{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"}}\r\n\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n",
        "data: {\"candidates\":[{\"finishReason\":\"MAX_TOKENS\"}]}\n\n"
      })
  void streamThatEndsAtTheTokenLimitIsCutOff(String events) {
    assertThat(isCutOff(events)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"length\\\"\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"}}}\n\n",
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"text\":\"length\"}}\n\n",
        "gth\"}]}\n\ndata: [DONE]\n\n",
        ""
      })
  void streamWithAnotherEndIsNotCutOff(String events) {
    assertThat(isCutOff(events)).isFalse();
  }

  private boolean isCutOff(String events) {
    Reply.Streamed stream =
        new Reply.Streamed(answered(200, ""), Payload.of(events), Duration.ofSeconds(1));
    return ((Completed) classifier.classify(stream)).cutOff();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"choices\":[{\"finish_reason\":\"stop\"}],\"status\":\"incomplete\"}",
        "{\"choices\":[{\"message\":{\"content\":\"length\"},\"finish_reason\":null}]}",
        "{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"}}",
        "{\"status\":\"completed\",\"incomplete_details\":null,\"max_output_tokens\":16}",
        "{\"stop_reason\":\"end_turn\",\"choices\":{\"finish_reason\":\"length\"}}",
        "{\"candidates\":[{\"finishReason\":\"STOP\"}]}"
      })
  void answerWithAnotherEndIsNotCutOff(String body) {
    assertThat(classifier.classify(answered(200, body)))
        .isInstanceOfSatisfying(
            Completed.class, completed -> assertThat(completed.cutOff()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"id\":", "<html>", "[1]"})
  void replyThatIsNotJsonObjectIsTransientFailure(String body) {
    assertThat(classifier.classify(answered(200, body))).isInstanceOf(Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 308, 500, 502, 503, 504, 520, 529, 408, 409, 425})
  void serverErrorsAreTransientFailures(int status) {
    assertThat(classifier.classify(answered(status, "{}"))).isInstanceOf(Unavailable.class);
  }

  @Test
  void timeoutsAndConnectionFailuresAreTransient() {
    Duration latency = Duration.ofSeconds(2);

    assertThat(classifier.classify(new Reply.TimedOut(latency)))
        .isEqualTo(new Unavailable("no complete reply within 2000 ms", null, null, latency));
    assertThat(classifier.classify(new Reply.ConnectionLost("reset", latency)))
        .isEqualTo(new Unavailable("connection lost: reset", null, null, latency));
    assertThat(classifier.classify(new Reply.NotConnected("refused", latency)))
        .isEqualTo(new Unavailable("not connected: refused", null, null, latency));
  }

  @ParameterizedTest
  @CsvSource({
    "400, unknown_parameter, INVALID_REQUEST",
    "404, model_not_found, INVALID_REQUEST",
    "422, , INVALID_REQUEST",
    "413, , REQUEST_TOO_LARGE",
    "400, context_length_exceeded, CONTEXT_LENGTH_EXCEEDED",
    "400, content_filter, CONTENT_FILTERED",
  })
  void permanentErrorRejectsTaskWithFailureCode(int status, String code, FailureCode expected) {
    Answered reply = answered(status, "{\"error\":{\"code\":\"" + code + "\"}}");

    assertThat(classifier.classify(reply))
        .isEqualTo(new Rejected(expected, ReplyDescription.ofError(reply), reply));
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after-ms, 1500, PT1.5S",
    "retry-after-ms, 0.4, PT0.0004S",
    "retry-after, 20, PT20S",
    "Retry-After, 0.5, PT0.5S",
    "retry-after, 1m30s, PT1M30S",
    "retry-after, 'Sun, 01 Nov 2026 10:00:07 GMT', PT7S",
    "retry-after, 'Sunday, 01-Nov-26 10:00:07 GMT', PT7S",
    "retry-after, 'Sun Nov  1 10:00:07 2026', PT7S",
    "retry-after, 'Sun, 01 Nov 2026 09:00:00 GMT', PT0S",
    "retry-after, 'Sunday, 06-Nov-94 08:49:37 GMT', PT0S",
    "retry-after, 'Sun Nov  6 08:49:37 1994', PT0S",
    "retry-after, 'Mon, 30 Nov 2026 10:00:07 GMT', PT24H",
    "retry-after, -3, PT0S",
    "retry-after, 999999999, PT24H",
    "retry-after, 1793527204, PT4S",
    "retry-after, 1793527204000, PT4S",
    "retry-after, 1793527100, PT0S",
  })
  void rateLimitCarriesRetryAfterDelay(String header, String value, Duration delay) {
    Answered reply =
        rateLimit(Map.of(header.toLowerCase(Locale.ROOT), List.of(value)), "{\"error\":{}}");

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(delay, reply, null));
  }

  @Test
  void retryAfterMsWinsOverRetryAfter() {
    Answered reply =
        rateLimit(Map.of("retry-after", List.of("1"), "retry-after-ms", List.of("120")), "");

    assertThat(classifier.classify(reply))
        .isEqualTo(new Throttled(Duration.ofMillis(120), reply, null));
  }

  @Test
  void retryAfterHeaderWinsOverMessageText() {
    Answered reply =
        rateLimit(
            Map.of("retry-after-ms", List.of("soon"), "retry-after", List.of("3")),
            "{\"error\":{\"message\":\"Please try again in 644ms.\"}}");

    assertThat(classifier.classify(reply))
        .isEqualTo(new Throttled(Duration.ofSeconds(3), reply, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "soon",
        "",
        "NaN",
        "Infinity",
        "1d2",
        "0x10",
        "1e3",
        ".",
        "m",
        "1 2",
        "Sun, 99 Nov",
        "1893456000",
        "9223372036",
        "99999999999",
        "9223372036854775807",
        "99999999999999999999999999",
        "99999999999999999999h"
      })
  void invalidRetryAfterIsIgnored(String value) {
    Answered reply = rateLimit(Map.of("retry-after", List.of(value)), "");

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(null, reply, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "try again in a minute",
        "try again in 1 hour",
        "retry after 5 apples",
        "try again in s",
        "retried after 5s"
      })
  void messageWithoutDelayHasNoRetryAfter(String message) {
    Answered reply = rateLimit(Map.of(), "{\"error\":{\"message\":\"" + message + "\"}}");

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(null, reply, null));
  }

  @Test
  void routeRulesWinInConfiguredOrder() {
    OutcomeClassifier withRules =
        classifier(
            Map.of(
                "error-rules[0].code", "insufficient_quota",
                "error-rules[0].message", "Try LATER",
                "error-rules[0].means", "rate-limit",
                "error-rules[1].status", "401",
                "error-rules[1].means", "unavailable",
                "error-rules[2].status", "401",
                "error-rules[2].means", "invalid-request"));

    assertThat(
            withRules.classify(
                answered(
                    429,
                    "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"try later, please\"}}")))
        .isInstanceOf(Throttled.class);
    assertThat(withRules.classify(answered(429, "{\"error\":{\"code\":\"insufficient_quota\"}}")))
        .isInstanceOf(RouteDown.class);
    assertThat(withRules.classify(answered(401, "{}"))).isInstanceOf(Unavailable.class);
  }

  @Test
  void messageOfRouteRuleIsTheBeginningOfTheMessage() {
    OutcomeClassifier withRules =
        classifier(
            Map.of(
                "error-rules[0].message", "Team * exceeded its budget",
                "error-rules[0].means", "quota"));

    assertThat(
            withRules.classify(
                answered(400, "{\"error\":{\"message\":\"Team a exceeded its budget of 5\"}}")))
        .isInstanceOf(RouteDown.class);
    assertThat(
            withRules.classify(
                answered(400, "{\"error\":{\"message\":\"Bad: Team a exceeded its budget\"}}")))
        .isInstanceOf(Rejected.class);
  }

  @Test
  void implausibleRetryAfterMillisecondsAreIgnored() {
    Answered reply =
        rateLimit(
            Map.of("retry-after-ms", List.of("1793527204000"), "retry-after", List.of("3")), "");

    assertThat(classifier.classify(reply))
        .isEqualTo(new Throttled(Duration.ofSeconds(3), reply, null));
  }

  @Test
  void statusOfEmbeddedErrorReplacesTheStatusOfTheReply() {
    Rejected rejected = (Rejected) classifier.classify(answered(200, "{\"error\":{\"code\":404}}"));

    assertThat(rejected.reply().status()).isEqualTo(404);
  }

  @Test
  void numbersThatAreNotJsonBecomeNull() {
    Completed completed =
        (Completed)
            classifier.classify(
                answered(
                    200,
                    "{\"a\": [NaN, -Infinity,Infinity ], \"ü\":\"NaN\", \"b\":1.50, \"c\":NaN}"));

    assertThat(completed.reply().body().text())
        .isEqualTo("{\"a\": [null, null,null ], \"ü\":\"NaN\", \"b\":1.50, \"c\":null}");
  }

  @Test
  void replyBeyondTheLimitsOfJsonFailsOnce() {
    String deep = "{\"a\":" + "[".repeat(600) + "]".repeat(600) + "}";

    assertThat(classifier.classify(answered(200, deep)))
        .isInstanceOfSatisfying(
            TaskOutcome.ReplyTooLarge.class,
            large ->
                assertThat(large.detail())
                    .isEqualTo("HTTP 200 with a reply that is nested deeper than 500 levels."));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 500})
  void errorWithoutBodyIsDescribed(int status) {
    assertThat(classifier.classify(answered(status, "")).toString())
        .contains("HTTP " + status + " (no content type) with an empty body");
  }

  @Test
  void amazonsErrorTypeIsReadFromItsHeader() {
    Answered reply =
        new Answered(
            400,
            Map.of("x-amzn-errortype", List.of("ThrottlingException:http://internal.amazon.com/")),
            Payload.of("{\"message\":\"Too many requests\"}"),
            Duration.ZERO);

    assertThat(classifier.classify(reply)).isInstanceOf(Throttled.class);
  }

  @Test
  void errorRulesDoNotApplyToSuccess() {
    OutcomeClassifier withRules =
        classifier(
            Map.of("error-rules[0].message", "sorry", "error-rules[0].means", "invalid-request"));

    assertThat(withRules.classify(answered(200, "{\"message\":\"sorry\"}")))
        .isInstanceOf(Completed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "gpt-*", "m1,m2"})
  void unknownModelRejectsTaskOnRouteWithSeveralModels(String models) {
    Answered reply = answered(404, "{\"error\":{\"code\":\"model_not_found\"}}");

    assertThat(classifier(Map.of("models", models)).classify(reply))
        .isEqualTo(new Rejected(FailureCode.INVALID_REQUEST, reply));
  }

  @Test
  void unknownModelHoldsRouteWithSingleModel() {
    Answered reply = answered(404, "{\"error\":{\"code\":\"model_not_found\"}}");

    assertThat(classifier(Map.of("models", "m1")).classify(reply))
        .isEqualTo(new RouteDown(HoldKind.MODEL_NOT_FOUND, "the provider does not have m1", reply));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[[]]",
        "null",
        "7",
        "{\"error\":null}",
        "{\"error\":[1]}",
        "{\"error\":{\"code\":{\"code\":[]},\"message\":7,\"details\":{\"a\":1}}}",
        "{\"error\":{\"details\":[null,1,[],{\"violations\":{\"quotaId\":1}}]}}"
      })
  void unexpectedErrorShapeIsClassifiedByStatus(String body) {
    assertThat(classifier.classify(answered(429, body))).isInstanceOf(Throttled.class);
    assertThat(classifier.classify(answered(503, body))).isInstanceOf(Unavailable.class);
    assertThat(classifier.classify(answered(400, body))).isInstanceOf(Rejected.class);
  }

  @Test
  void maliciousErrorBodyIsClassifiedByStatus() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String repetitive = "{\"error\":{\"message\":\"" + "try again in 1s1s".repeat(500_000) + "\"}}";

    assertThat(classifier.classify(answered(429, deep))).isInstanceOf(Throttled.class);
    assertThat(classifier.classify(answered(429, repetitive))).isInstanceOf(Throttled.class);
  }

  private static Answered answered(int status, String body) {
    return new Answered(status, Map.of(), Payload.of(body), Duration.ofMillis(5));
  }

  private static Answered rateLimit(Map<String, List<String>> headers, String body) {
    return new Answered(429, headers, Payload.of(body), Duration.ZERO);
  }

  private static OutcomeClassifier classifier(Map<String, ?> settings) {
    return new OutcomeClassifier(TestRoutes.route("r", settings), CLOCK);
  }
}
