package dev.sluice.common.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

class CallHistoryTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Failure FAILURE = new Failure(FailureCode.INVALID_REQUEST, "no");
  private static final TaskIds IDS =
      new TaskIds("t", null, "/v1/chat/completions", "mini", Lane.BATCH, "t", null);

  @Test
  void lastTwentyCallsAreKept() {
    CallHistory history = longest();

    assertThat(history.calls()).hasSize(20);
    assertThat(history.calls().getFirst().at()).isEqualTo(NOW.plusSeconds(10));
    assertThat(history.calls().getLast().at()).isEqualTo(NOW.plusSeconds(29));
  }

  @Test
  void longestHistoryIsReadAsWritten() {
    CallHistory history = longest();

    assertThat(history.json().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8 * 1024);
    assertThat(CallHistory.read(history.json())).isEqualTo(history);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "null", "[null]", "[1]", "{}", "[{}]", "[{\"at\":\"now\"}]"})
  void malformedHistoryIsIgnored(String header) {
    assertThat(read(header)).isEqualTo(CallHistory.NONE);
  }

  @Test
  void memberOfLaterVersionIsIgnored() {
    String header =
        "[{\"at\":\"2026-11-01T10:00:00Z\",\"worker\":\"w\",\"code\":\"no_response\",\"new\":1}]";

    assertThat(read(header))
        .isEqualTo(CallHistory.NONE.plus(new CallRecord(NOW, "w", null, "no_response", null)));
  }

  @Test
  void nextRunStartsWithoutHistory() {
    OutcomeMessage dead =
        OutcomeMessage.failed(IDS, FAILURE, CallStats.none(3, 0, "w", longest()), Payload.of("{}"));

    assertThat(history(OutcomeCodec.write(dead))).isEqualTo(CallHistory.NONE);
  }

  private static CallHistory longest() {
    return IntStream.range(0, 30)
        .mapToObj(
            i ->
                new CallRecord(
                    NOW.plusSeconds(i), "w".repeat(1000), 429, "context_length_exceeded", 1L))
        .reduce(CallHistory.NONE, CallHistory::plus, (first, second) -> second);
  }

  private static CallHistory read(String header) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader(Headers.HISTORY, header);
    return history(new Message("{}".getBytes(StandardCharsets.UTF_8), properties));
  }

  private static CallHistory history(Message message) {
    return ((TaskReadResult.Task) TaskCodec.read(message, "mini", NOW)).message().history();
  }
}
