package dev.sluice.common.live;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.CallStatsHeaders;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.Headers;
import dev.sluice.common.wire.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/**
 * Words about live tasks to AMQP messages and back. They are kept nowhere: who waits for one and
 * does not hear it asks again, or gives up.
 */
public final class LiveCodec {
  /** As wire versions up to 1.1 name them. */
  private static final String LEGACY_TYPE = "sluice-word";

  private static final String LEGACY_CHUNK = "sluice-part";
  private static final Map<String, String> LEGACY_TYPES =
      Map.of(
          "claim", "claim",
          "go", "proceed",
          "gone", "cancelled",
          "whole", "reply",
          "part", "chunk",
          "end", "stream_end",
          "failed", "failed");

  private LiveCodec() {}

  public static Message write(LiveMessage word) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(word.taskId());
    properties.setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT);
    Payload body = Payload.empty();
    switch (word) {
      case LiveMessage.Claim claim -> {
        properties.setReplyTo(claim.answerTo());
        properties.setHeader(Headers.WORKER, claim.worker());
      }
      case LiveMessage.Proceed go -> {}
      case LiveMessage.Cancelled gone -> {}
      case LiveMessage.Reply whole -> {
        properties.setHeader(Headers.STATUS_CODE, whole.status());
        properties.setHeader(Headers.HTTP_HEADERS, whole.headers());
        CallStatsHeaders.write(whole.facts(), properties);
        body = whole.body();
      }
      case LiveMessage.Chunk part -> {
        properties.setHeader(Headers.WORKER, part.worker());
        properties.setHeader(Headers.CHUNK, part.number());
        if (!part.headers().isEmpty()) {
          properties.setHeader(Headers.HTTP_HEADERS, part.headers());
        }
        body = part.body();
      }
      case LiveMessage.StreamEnd end -> {
        properties.setHeader(Headers.CHUNK, end.parts());
        CallStatsHeaders.write(end.facts(), properties);
      }
      case LiveMessage.Failed failed -> {
        properties.setHeader(Headers.FAILURE_CODE, failed.failure().code());
        properties.setHeader(Headers.FAILURE_DETAIL, failed.failure().detail());
        CallStatsHeaders.write(failed.facts(), properties);
      }
    }
    properties.setHeader(Headers.LIVE_TYPE, name(word));
    return new Message(body.bytes(), properties);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<LiveMessage> read(Message message) {
    MessageProperties properties = message.getMessageProperties();
    String id = properties.getMessageId();
    if (id == null) {
      return Optional.empty();
    }
    try {
      return type(properties).flatMap(type -> read(type, id, message));
    } catch (IllegalArgumentException | ArithmeticException broken) {
      return Optional.empty();
    }
  }

  private static Optional<String> type(MessageProperties properties) {
    Object type = properties.getHeader(Headers.LIVE_TYPE);
    if (type != null) {
      return Optional.of(type.toString());
    }
    Object legacy = properties.getHeader(LEGACY_TYPE);
    return Optional.ofNullable(legacy).map(old -> LEGACY_TYPES.getOrDefault(old.toString(), ""));
  }

  private static Optional<LiveMessage> read(String name, String id, Message message) {
    MessageProperties in = message.getMessageProperties();
    return switch (name) {
      case "claim" ->
          Optional.ofNullable(in.getReplyTo())
              .map(answerTo -> new LiveMessage.Claim(id, text(in, Headers.WORKER), answerTo));
      case "proceed" -> Optional.of(new LiveMessage.Proceed(id));
      case "cancelled" -> Optional.of(new LiveMessage.Cancelled(id));
      case "reply" -> {
        CallStats facts = CallStatsHeaders.read(in);
        Integer status = facts.statusCode();
        yield status == null
            ? Optional.empty()
            : Optional.of(
                new LiveMessage.Reply(id, status, http(in), facts, Payload.of(message.getBody())));
      }
      case "chunk" ->
          Optional.of(
              new LiveMessage.Chunk(
                  id,
                  text(in, Headers.WORKER),
                  number(in),
                  http(in),
                  Payload.of(message.getBody())));
      case "stream_end" ->
          Optional.of(new LiveMessage.StreamEnd(id, number(in), CallStatsHeaders.read(in)));
      case "failed" ->
          Optional.of(
              new LiveMessage.Failed(
                  id,
                  new Failure(text(in, Headers.FAILURE_CODE), text(in, Headers.FAILURE_DETAIL)),
                  CallStatsHeaders.read(in)));
      default -> Optional.empty(); // a newer one's word
    };
  }

  private static String name(LiveMessage word) {
    return switch (word) {
      case LiveMessage.Claim claim -> "claim";
      case LiveMessage.Proceed go -> "proceed";
      case LiveMessage.Cancelled gone -> "cancelled";
      case LiveMessage.Reply whole -> "reply";
      case LiveMessage.Chunk part -> "chunk";
      case LiveMessage.StreamEnd end -> "stream_end";
      case LiveMessage.Failed failed -> "failed";
    };
  }

  private static Map<String, String> http(MessageProperties in) {
    Map<String, String> headers = new HashMap<>();
    if (in.getHeader(Headers.HTTP_HEADERS) instanceof Map<?, ?> given) {
      given.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    }
    return headers;
  }

  private static int number(MessageProperties in) {
    return Math.toIntExact(
        Long.parseLong(
            text(in, in.getHeader(Headers.CHUNK) == null ? LEGACY_CHUNK : Headers.CHUNK)));
  }

  private static String text(MessageProperties in, String header) {
    Object value = in.getHeader(header);
    return value == null ? "" : value.toString();
  }
}
