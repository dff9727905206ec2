package dev.sluice.common.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/**
 * Tasks to AMQP messages and back.
 *
 * <p>What a client must give is a {@code message_id} and a body; all else has a default, so that a
 * task can be published by hand from RabbitMQ's own page. Only the headers of the contract are
 * written: {@code x-death} and its kin stay behind, because a message that carries them into the
 * delay queues again is dropped by RabbitMQ as a cycle.
 *
 * <p>A dead letter that was moved back into a task queue by hand still has its outcome's headers:
 * it is the task's next run.
 */
public final class TaskCodec {
  private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

  /** JSON, and the two that clients write of their own accord where nobody told them a type. */
  private static final Pattern CONTENT_TYPE =
      Pattern.compile(
          "(application/(json|[^;]+\\+json|octet-stream)|text/plain)\\s*(;.*)?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ENDPOINT = Pattern.compile("/v1(/[A-Za-z0-9_-]+)+");

  /**
   * Largest request, in bytes: a message over the broker's own limit (16 MiB on RabbitMQ 4) would
   * kill the channel.
   */
  public static final int MAX_BODY_BYTES = 8 * 1024 * 1024;

  /** Longest {@code sluice-custom-id}: all headers together have to fit into one AMQP frame. */
  public static final int MAX_CUSTOM_ID_BYTES = 4096;

  private TaskCodec() {}

  /** The message of a task, persistent. */
  public static Message write(TaskMessage task) {
    MessageProperties properties = WireProperties.of(task.ids());
    properties.setHeader(Headers.ATTEMPT, task.attempt());
    properties.setHeader(Headers.THROTTLES, task.throttles());
    properties.setHeader(Headers.FIRST_ENQUEUED_AT, task.firstEnqueuedAt().toString());
    WireProperties.put(properties, Headers.DEADLINE, task.deadline());
    WireProperties.put(properties, Headers.NOT_BEFORE, task.notBefore());
    properties.setReplyTo(task.replyTo());
    if (task.trimTo() > 0) {
      properties.setHeader(Headers.TRIM, task.trimTo());
    }
    WireProperties.put(properties, task.history());
    return new Message(task.body().bytes(), properties);
  }

  /**
   * Reads a message from the queue of a route.
   *
   * @param route the route whose queue it came from: where the header differs, the queue is right
   * @param now stands in for the time of the first publish where the message has none
   */
  public static TaskReadResult read(Message message, String route, Instant now) {
    WireProperties in = new WireProperties(message.getMessageProperties());
    try {
      in.text(Headers.WIRE).ifPresent(WireVersion::check);
      String taskId =
          Optional.ofNullable(message.getMessageProperties().getMessageId())
              .orElseThrow(() -> new IllegalArgumentException("message_id is missing"));
      TaskIds ids = in.ids(taskId, route, DEFAULT_ENDPOINT);
      boolean hasEnded = in.text(Headers.OUTCOME).isPresent();
      if (hasEnded) {
        ids = ids.nextRun();
      }
      if (!ENDPOINT.matcher(ids.endpoint()).matches()) {
        throw new IllegalArgumentException(
            "type '" + ids.endpoint() + "' is not a path such as " + DEFAULT_ENDPOINT);
      }
      checkContentType(message.getMessageProperties().getContentType());
      checkLength(Headers.CUSTOM_ID, ids.customId(), MAX_CUSTOM_ID_BYTES);
      checkTraceparent(ids.traceparent());
      if (message.getBody().length == 0) {
        throw new IllegalArgumentException("the body is empty: a request was expected");
      }
      if (message.getBody().length > MAX_BODY_BYTES) {
        throw new IllegalArgumentException(
            "the body has "
                + message.getBody().length
                + " bytes, more than the limit of "
                + MAX_BODY_BYTES);
      }
      if (!Payload.of(message.getBody()).isUtf8()) {
        throw new IllegalArgumentException("the body is not UTF-8, as JSON has to be");
      }
      return new TaskReadResult.Task(
          new TaskMessage(
              ids,
              in.number(Headers.ATTEMPT).map(Math::toIntExact).orElse(1),
              in.number(Headers.THROTTLES).map(Math::toIntExact).orElse(0),
              in.instant(Headers.FIRST_ENQUEUED_AT).orElse(now),
              in.instant(Headers.DEADLINE).orElse(null),
              in.instant(Headers.NOT_BEFORE).orElse(null),
              message.getMessageProperties().getReplyTo(),
              in.number(Headers.TRIM).map(Math::toIntExact).orElse(0),
              Payload.of(message.getBody()),
              hasEnded ? AttemptHistory.NONE : in.history()));
    } catch (IllegalArgumentException | ArithmeticException broken) {
      String reason = String.valueOf(broken.getMessage());
      return new TaskReadResult.Malformed(
          in.recoverIds(route, DEFAULT_ENDPOINT, Payload.of(message.getBody())),
          reason,
          Payload.of(message.getBody()));
    }
  }

  private static void checkContentType(@Nullable String contentType) {
    if (contentType != null && !CONTENT_TYPE.matcher(contentType).matches()) {
      throw new IllegalArgumentException(
          "content_type '" + contentType + "' is not " + MessageProperties.CONTENT_TYPE_JSON);
    }
  }

  private static void checkLength(String header, String value, int most) {
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > most) {
      throw new IllegalArgumentException(
          header + " has " + length + " bytes, more than the limit of " + most);
    }
  }

  private static void checkTraceparent(@Nullable String traceparent) {
    if (traceparent != null && !Traceparent.isOne(traceparent)) {
      throw new IllegalArgumentException(
          Headers.TRACEPARENT + " is not of the form 00-<32 hex digits>-<16 hex digits>-01");
    }
  }
}
