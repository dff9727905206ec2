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
 * Converts messages about live tasks to AMQP messages and back. They are transient: a process that
 * misses an expected message retries, or times out.
 */
public final class LiveCodec {
  /** Header and type names of wire versions up to 1.1. */
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

  /** Writes a non-persistent message. */
  public static Message write(LiveMessage message) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(message.taskId());
    properties.setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT);
    Payload payload = Payload.empty();
    switch (message) {
      case LiveMessage.Claim claim -> {
        properties.setReplyTo(claim.replyTo());
        properties.setHeader(Headers.WORKER, claim.worker());
      }
      case LiveMessage.Proceed proceed -> {}
      case LiveMessage.Cancelled cancelled -> {}
      case LiveMessage.Reply reply -> {
        properties.setHeader(Headers.STATUS_CODE, reply.status());
        properties.setHeader(Headers.HTTP_HEADERS, reply.headers());
        CallStatsHeaders.write(reply.stats(), properties);
        payload = reply.body();
      }
      case LiveMessage.Chunk chunk -> {
        properties.setHeader(Headers.WORKER, chunk.worker());
        properties.setHeader(Headers.CHUNK, chunk.number());
        if (!chunk.headers().isEmpty()) {
          properties.setHeader(Headers.HTTP_HEADERS, chunk.headers());
        }
        payload = chunk.body();
      }
      case LiveMessage.StreamEnd streamEnd -> {
        properties.setHeader(Headers.CHUNK, streamEnd.chunks());
        CallStatsHeaders.write(streamEnd.stats(), properties);
      }
      case LiveMessage.Failed failed -> {
        properties.setHeader(Headers.FAILURE_CODE, failed.failure().code());
        properties.setHeader(Headers.FAILURE_DETAIL, failed.failure().detail());
        CallStatsHeaders.write(failed.stats(), properties);
      }
    }
    properties.setHeader(Headers.LIVE_TYPE, type(message));
    return new Message(payload.bytes(), properties);
  }

  /** Empty if the message is malformed or of an unknown type. */
  public static Optional<LiveMessage> read(Message message) {
    MessageProperties properties = message.getMessageProperties();
    String id = properties.getMessageId();
    if (id == null) {
      return Optional.empty();
    }
    try {
      return type(properties).flatMap(type -> read(type, id, message));
    } catch (IllegalArgumentException | ArithmeticException malformed) {
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

  private static Optional<LiveMessage> read(String type, String id, Message message) {
    MessageProperties in = message.getMessageProperties();
    return switch (type) {
      case "claim" ->
          Optional.ofNullable(in.getReplyTo())
              .map(replyTo -> new LiveMessage.Claim(id, text(in, Headers.WORKER), replyTo));
      case "proceed" -> Optional.of(new LiveMessage.Proceed(id));
      case "cancelled" -> Optional.of(new LiveMessage.Cancelled(id));
      case "reply" -> {
        CallStats stats = CallStatsHeaders.read(in);
        Integer status = stats.statusCode();
        yield status == null
            ? Optional.empty()
            : Optional.of(
                new LiveMessage.Reply(
                    id, status, httpHeaders(in), stats, Payload.of(message.getBody())));
      }
      case "chunk" ->
          Optional.of(
              new LiveMessage.Chunk(
                  id,
                  text(in, Headers.WORKER),
                  chunkNumber(in),
                  httpHeaders(in),
                  Payload.of(message.getBody())));
      case "stream_end" ->
          Optional.of(new LiveMessage.StreamEnd(id, chunkNumber(in), CallStatsHeaders.read(in)));
      case "failed" ->
          Optional.of(
              new LiveMessage.Failed(
                  id,
                  new Failure(text(in, Headers.FAILURE_CODE), text(in, Headers.FAILURE_DETAIL)),
                  CallStatsHeaders.read(in)));
      default -> Optional.empty(); // a type of a later version
    };
  }

  private static String type(LiveMessage message) {
    return switch (message) {
      case LiveMessage.Claim claim -> "claim";
      case LiveMessage.Proceed proceed -> "proceed";
      case LiveMessage.Cancelled cancelled -> "cancelled";
      case LiveMessage.Reply reply -> "reply";
      case LiveMessage.Chunk chunk -> "chunk";
      case LiveMessage.StreamEnd streamEnd -> "stream_end";
      case LiveMessage.Failed failed -> "failed";
    };
  }

  private static Map<String, String> httpHeaders(MessageProperties in) {
    Map<String, String> headers = new HashMap<>();
    if (in.getHeader(Headers.HTTP_HEADERS) instanceof Map<?, ?> table) {
      table.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    }
    return headers;
  }

  private static int chunkNumber(MessageProperties in) {
    return Math.toIntExact(
        Long.parseLong(
            text(in, in.getHeader(Headers.CHUNK) == null ? LEGACY_CHUNK : Headers.CHUNK)));
  }

  private static String text(MessageProperties in, String header) {
    Object value = in.getHeader(header);
    return value == null ? "" : value.toString();
  }
}
