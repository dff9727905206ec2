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
  private LiveCodec() {}

  public static Message write(LiveMessage word) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(word.taskId());
    properties.setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT);
    Payload payload = Payload.empty();
    switch (word) {
      case LiveMessage.Claim claim -> {
        properties.setReplyTo(claim.answerTo());
        properties.setHeader(Headers.WORKER, claim.worker());
      }
      case LiveMessage.Proceed proceed -> {}
      case LiveMessage.Cancelled cancelled -> {}
      case LiveMessage.Reply whole -> {
        properties.setHeader(Headers.STATUS_CODE, whole.status());
        properties.setHeader(Headers.HTTP_HEADERS, whole.headers());
        CallStatsHeaders.write(whole.facts(), properties);
        payload = whole.body();
      }
      case LiveMessage.Chunk chunk -> {
        properties.setHeader(Headers.WORKER, chunk.worker());
        properties.setHeader(Headers.PART, chunk.number());
        if (!chunk.headers().isEmpty()) {
          properties.setHeader(Headers.HTTP_HEADERS, chunk.headers());
        }
        payload = chunk.body();
      }
      case LiveMessage.StreamEnd streamEnd -> {
        properties.setHeader(Headers.PART, streamEnd.parts());
        CallStatsHeaders.write(streamEnd.facts(), properties);
      }
      case LiveMessage.Failed failed -> {
        properties.setHeader(Headers.FAILURE_CODE, failed.failure().code());
        properties.setHeader(Headers.FAILURE_DETAIL, failed.failure().detail());
        CallStatsHeaders.write(failed.facts(), properties);
      }
    }
    properties.setHeader(Headers.WORD, name(word));
    return new Message(payload.bytes(), properties);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<LiveMessage> read(Message message) {
    MessageProperties properties = message.getMessageProperties();
    String id = properties.getMessageId();
    if (id == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(properties.getHeader(Headers.WORD))
          .flatMap(name -> read(name.toString(), id, message));
    } catch (IllegalArgumentException | ArithmeticException broken) {
      return Optional.empty();
    }
  }

  private static Optional<LiveMessage> read(String name, String id, Message message) {
    MessageProperties in = message.getMessageProperties();
    return switch (name) {
      case "claim" ->
          Optional.ofNullable(in.getReplyTo())
              .map(answerTo -> new LiveMessage.Claim(id, text(in, Headers.WORKER), answerTo));
      case "go" -> Optional.of(new LiveMessage.Proceed(id));
      case "gone" -> Optional.of(new LiveMessage.Cancelled(id));
      case "whole" -> {
        CallStats facts = CallStatsHeaders.read(in);
        Integer status = facts.statusCode();
        yield status == null
            ? Optional.empty()
            : Optional.of(
                new LiveMessage.Reply(id, status, http(in), facts, Payload.of(message.getBody())));
      }
      case "part" ->
          Optional.of(
              new LiveMessage.Chunk(
                  id,
                  text(in, Headers.WORKER),
                  number(in),
                  http(in),
                  Payload.of(message.getBody())));
      case "end" ->
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
      case LiveMessage.Proceed proceed -> "go";
      case LiveMessage.Cancelled cancelled -> "gone";
      case LiveMessage.Reply whole -> "whole";
      case LiveMessage.Chunk chunk -> "part";
      case LiveMessage.StreamEnd streamEnd -> "end";
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
    return Math.toIntExact(Long.parseLong(text(in, Headers.PART)));
  }

  private static String text(MessageProperties in, String header) {
    Object value = in.getHeader(header);
    return value == null ? "" : value.toString();
  }
}
