package dev.sluice.worker.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Refused;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
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
  private final OutcomeClassifier classifier =
      new OutcomeClassifier(Clock.fixed(Instant.parse("2026-11-01T10:00:00Z"), ZoneOffset.UTC));

  @Test
  void aWholeReplyCompletesTheTask() {
    Answered reply = answered(200, "{\"id\":\"x\"}");

    assertThat(classifier.classify(reply)).isEqualTo(new Completed(reply, Usage.NONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"id\":", "<html>", "[1]"})
  void aReplyThatIsNoJsonObjectMayBeBetterNextTime(String body) {
    assertThat(classifier.classify(answered(200, body))).isInstanceOf(Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 520, 529, 408, 409, 425})
  void troubleAtTheProviderMayPass(int status) {
    assertThat(classifier.classify(answered(status, "{}"))).isInstanceOf(Unavailable.class);
  }

  @Test
  void timeoutsAndBrokenConnectionsMayPass() {
    Duration took = Duration.ofSeconds(2);

    assertThat(classifier.classify(new Reply.TimedOut(took)))
        .isEqualTo(new Unavailable("no whole answer within 2000 ms", null, null, took));
    assertThat(classifier.classify(new Reply.Broken("reset", took)))
        .isEqualTo(new Unavailable("connection broken: reset", null, null, took));
    assertThat(classifier.classify(new Reply.NotConnected("refused", took)))
        .isEqualTo(new Unavailable("not connected: refused", null, null, took));
  }

  @ParameterizedTest
  @CsvSource({
    "400, unknown_parameter, INVALID_REQUEST",
    "404, model_not_found, INVALID_REQUEST",
    "422, , INVALID_REQUEST",
    "413, , INVALID_REQUEST",
    "301, , INVALID_REQUEST",
    "400, context_length_exceeded, CONTEXT_LENGTH_EXCEEDED",
    "400, content_filter, CONTENT_FILTERED",
  })
  void aRequestThatCannotSucceedIsRefusedWithItsCode(
      int status, String code, FailureCode expected) {
    Answered reply = answered(status, "{\"error\":{\"code\":\"" + code + "\"}}");

    assertThat(classifier.classify(reply)).isEqualTo(new Refused(expected, reply));
  }

  @ParameterizedTest
  @CsvSource({
    "retry-after-ms, 1500, PT1.5S",
    "retry-after, 20, PT20S",
    "Retry-After, 0.5, PT0.5S",
    "retry-after, 'Sun, 01 Nov 2026 10:00:07 GMT', PT7S",
    "retry-after, 'Sun, 01 Nov 2026 09:00:00 GMT', PT0S",
    "retry-after, -3, PT0S",
    "retry-after, 999999999, PT24H",
  })
  void aRateLimitIsToldWithItsTime(String header, String value, Duration told) {
    Answered reply =
        new Answered(
            429,
            Map.of(header.toLowerCase(Locale.ROOT), List.of(value)),
            Body.of("{\"error\":{\"code\":\"rate_limit_exceeded\"}}"),
            Duration.ZERO);

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(told, reply));
  }

  @Test
  void theMillisecondsAreMoreExactThanTheSeconds() {
    Answered reply =
        new Answered(
            429,
            Map.of("retry-after", List.of("1"), "retry-after-ms", List.of("120")),
            Body.empty(),
            Duration.ZERO);

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(Duration.ofMillis(120), reply));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "", "NaN"})
  void aTimeThatCannotBeReadIsNone(String value) {
    Answered reply =
        new Answered(429, Map.of("retry-after", List.of(value)), Body.empty(), Duration.ZERO);

    assertThat(classifier.classify(reply)).isEqualTo(new Throttled(null, reply));
  }

  @ParameterizedTest
  @CsvSource({
    "429, insufficient_quota",
    "429, billing_hard_limit_reached",
    "401, invalid_api_key",
    "403, "
  })
  void whatConcernsEverybodyTakesTheRouteDown(int status, String code) {
    assertThat(classifier.classify(answered(status, "{\"error\":{\"code\":\"" + code + "\"}}")))
        .isInstanceOf(RouteDown.class);
  }

  private static Answered answered(int status, String body) {
    return new Answered(status, Map.of(), Body.of(body), Duration.ofMillis(5));
  }
}
