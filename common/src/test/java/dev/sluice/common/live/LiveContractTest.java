package dev.sluice.common.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.wire.CallHistory;
import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

class LiveContractTest {
  private static final String ID = "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";
  private static final CallStats STATS =
      new CallStats(
          1, 2, 200, "req_8", 12, 7, Duration.ofMillis(1234), "worker-a", CallHistory.NONE);
  private static final Map<String, String> HEADERS = Map.of("content-type", "text/event-stream");

  private static Stream<LiveMessage> messages() {
    return Stream.of(
        new LiveMessage.Claim(ID, "worker-a", "sluice.live.of-worker-a"),
        new LiveMessage.Proceed(ID),
        new LiveMessage.Cancelled(ID),
        new LiveMessage.Reply(ID, 200, HEADERS, STATS, Payload.of("{\"id\":\"Grüße\"}")),
        new LiveMessage.Chunk(ID, "worker-a", 0, HEADERS, Payload.of("data: {}\n\n")),
        new LiveMessage.Chunk(ID, "worker-a", 1, Map.of(), Payload.of("data: [DONE]\n\n")),
        new LiveMessage.StreamEnd(ID, 2, STATS),
        new LiveMessage.Failed(
            ID, new Failure(FailureCode.STREAM_BROKEN, "connection reset"), STATS));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void messageIsReadAsWritten(LiveMessage message) {
    assertThat(LiveCodec.read(LiveCodec.write(message))).contains(message);
  }

  @Test
  void chunkHasContractHeaders() {
    Message message =
        LiveCodec.write(
            new LiveMessage.Chunk(ID, "worker-a", 0, HEADERS, Payload.of("data: {}\n\n")));

    MessageProperties properties = message.getMessageProperties();
    assertThat(properties.getMessageId()).isEqualTo(ID);
    assertThat(properties.getDeliveryMode()).isEqualTo(MessageDeliveryMode.NON_PERSISTENT);
    assertThat(new TreeMap<>(properties.getHeaders()))
        .isEqualTo(
            new TreeMap<String, Object>(
                Map.of(
                    "sluice-live-type",
                    "chunk",
                    "sluice-chunk",
                    0,
                    "sluice-worker",
                    "worker-a",
                    "sluice-http-headers",
                    HEADERS)));
    assertThat(message.getBody()).isEqualTo("data: {}\n\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void claimHasReplyTo() {
    MessageProperties properties =
        LiveCodec.write(new LiveMessage.Claim(ID, "worker-a", "sluice.live.x"))
            .getMessageProperties();

    assertThat(properties.getReplyTo()).isEqualTo("sluice.live.x");
    assertThat(new TreeMap<>(properties.getHeaders()))
        .isEqualTo(
            new TreeMap<String, Object>(
                Map.of("sluice-live-type", "claim", "sluice-worker", "worker-a")));
  }

  @Test
  void malformedAndUnknownMessagesAreIgnored() {
    assertThat(LiveCodec.read(new Message(new byte[0]))).isEmpty();
    MessageProperties unknownType = new MessageProperties();
    unknownType.setMessageId(ID);
    unknownType.setHeader("sluice-live-type", "type_of_a_later_version");
    assertThat(LiveCodec.read(new Message(new byte[0], unknownType))).isEmpty();
    MessageProperties notANumber = new MessageProperties();
    notANumber.setMessageId(ID);
    notANumber.setHeader("sluice-live-type", "chunk");
    notANumber.setHeader("sluice-chunk", "one");
    assertThat(LiveCodec.read(new Message(new byte[0], notANumber))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "claim, Claim",
    "go, Proceed",
    "gone, Cancelled",
    "whole, Reply",
    "part, Chunk",
    "end, StreamEnd",
    "failed, Failed"
  })
  void messagesOfEarlierVersionsAreRead(String legacyType, String expected) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(ID);
    properties.setReplyTo("sluice.live.x");
    properties.setHeader("sluice-word", legacyType);
    properties.setHeader("sluice-part", 3);
    properties.setHeader("sluice-status-code", 200);
    properties.setHeader("sluice-worker", "worker-a");

    Optional<LiveMessage> read = LiveCodec.read(new Message(new byte[0], properties));

    assertThat(read).map(message -> message.getClass().getSimpleName()).contains(expected);
    if (read.orElseThrow() instanceof LiveMessage.Chunk chunk) {
      assertThat(chunk.number()).isEqualTo(3);
    }
  }
}
