package dev.sluice.common.live;

import dev.sluice.common.wire.Body;
import dev.sluice.common.wire.CallFacts;
import dev.sluice.common.wire.FactsHeaders;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.Headers;
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

  public static Message write(LiveWord word) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(word.taskId());
    properties.setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT);
    Body body = Body.empty();
    switch (word) {
      case LiveWord.Claim claim -> {
        properties.setReplyTo(claim.answerTo());
        properties.setHeader(Headers.WORKER, claim.worker());
      }
      case LiveWord.Go go -> {}
      case LiveWord.Gone gone -> {}
      case LiveWord.Whole whole -> {
        properties.setHeader(Headers.STATUS_CODE, whole.status());
        properties.setHeader(Headers.HTTP_HEADERS, whole.headers());
        FactsHeaders.write(whole.facts(), properties);
        body = whole.body();
      }
      case LiveWord.Part part -> {
        properties.setHeader(Headers.WORKER, part.worker());
        properties.setHeader(Headers.PART, part.number());
        if (!part.headers().isEmpty()) {
          properties.setHeader(Headers.HTTP_HEADERS, part.headers());
        }
        body = part.body();
      }
      case LiveWord.End end -> {
        properties.setHeader(Headers.PART, end.parts());
        FactsHeaders.write(end.facts(), properties);
      }
      case LiveWord.Failed failed -> {
        properties.setHeader(Headers.FAILURE_CODE, failed.failure().code());
        properties.setHeader(Headers.FAILURE_DETAIL, failed.failure().detail());
        FactsHeaders.write(failed.facts(), properties);
      }
    }
    properties.setHeader(Headers.WORD, name(word));
    return new Message(body.bytes(), properties);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<LiveWord> read(Message message) {
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

  private static Optional<LiveWord> read(String name, String id, Message message) {
    MessageProperties in = message.getMessageProperties();
    return switch (name) {
      case "claim" ->
          Optional.ofNullable(in.getReplyTo())
              .map(answerTo -> new LiveWord.Claim(id, text(in, Headers.WORKER), answerTo));
      case "go" -> Optional.of(new LiveWord.Go(id));
      case "gone" -> Optional.of(new LiveWord.Gone(id));
      case "whole" -> {
        CallFacts facts = FactsHeaders.read(in);
        Integer status = facts.statusCode();
        yield status == null
            ? Optional.empty()
            : Optional.of(
                new LiveWord.Whole(id, status, http(in), facts, Body.of(message.getBody())));
      }
      case "part" ->
          Optional.of(
              new LiveWord.Part(
                  id, text(in, Headers.WORKER), number(in), http(in), Body.of(message.getBody())));
      case "end" -> Optional.of(new LiveWord.End(id, number(in), FactsHeaders.read(in)));
      case "failed" ->
          Optional.of(
              new LiveWord.Failed(
                  id,
                  new Failure(text(in, Headers.FAILURE_CODE), text(in, Headers.FAILURE_DETAIL)),
                  FactsHeaders.read(in)));
      default -> Optional.empty(); // a newer one's word
    };
  }

  private static String name(LiveWord word) {
    return switch (word) {
      case LiveWord.Claim claim -> "claim";
      case LiveWord.Go go -> "go";
      case LiveWord.Gone gone -> "gone";
      case LiveWord.Whole whole -> "whole";
      case LiveWord.Part part -> "part";
      case LiveWord.End end -> "end";
      case LiveWord.Failed failed -> "failed";
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
