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

class HistoryTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
  private static final Failure FAILURE = new Failure(FailureCode.INVALID_REQUEST, "no");
  private static final TaskIds IDS =
      new TaskIds("t", null, "/v1/chat/completions", "mini", Lane.BATCH, "t", null);

  @Test
  void theLastTwentyCallsAreKept() {
    History history = longest();

    assertThat(history.attempts()).hasSize(20);
    assertThat(history.attempts().getFirst().at()).isEqualTo(NOW.plusSeconds(10));
    assertThat(history.attempts().getLast().at()).isEqualTo(NOW.plusSeconds(29));
  }

  @Test
  void theLongestOneIsReadAsItWasWritten() {
    History history = longest();

    assertThat(history.text().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8 * 1024);
    assertThat(History.read(history.text())).isEqualTo(history);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "null", "[null]", "[1]", "{}", "[{}]", "[{\"at\":\"now\"}]"})
  void aTaskDoesNotFailForAHistoryThatCannotBeRead(String header) {
    assertThat(read(header)).isEqualTo(History.NONE);
  }

  @Test
  void aFieldOfALaterVersionIsPassedOver() {
    String header =
        "[{\"at\":\"2026-11-01T10:00:00Z\",\"worker\":\"w\",\"code\":\"no_answer\",\"new\":1}]";

    assertThat(read(header))
        .isEqualTo(History.NONE.plus(new Attempt(NOW, "w", null, "no_answer", null)));
  }

  @Test
  void theNextRunBeginsWithoutAHistory() {
    OutcomeMessage dead =
        OutcomeMessage.failed(IDS, FAILURE, CallFacts.none(3, 0, "w", longest()), Body.of("{}"));

    assertThat(history(OutcomeCodec.write(dead))).isEqualTo(History.NONE);
  }

  private static History longest() {
    return IntStream.range(0, 30)
        .mapToObj(
            i ->
                new Attempt(
                    NOW.plusSeconds(i), "w".repeat(1000), 429, "context_length_exceeded", 1L))
        .reduce(History.NONE, History::plus, (one, other) -> other);
  }

  private static History read(String header) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId("t");
    properties.setHeader(Headers.HISTORY, header);
    return history(new Message("{}".getBytes(StandardCharsets.UTF_8), properties));
  }

  private static History history(Message message) {
    return ((TaskReading.Task) TaskCodec.read(message, "mini", NOW)).message().history();
  }
}
