package dev.sluice.common.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/**
 * Converts tasks to AMQP messages and back.
 *
 * <p>A client must set {@code message_id} and a body; everything else has a default, so that a task
 * can be published from RabbitMQ's management UI. Only headers of the contract are written:
 * RabbitMQ would treat a message that re-enters the delay queues with its {@code x-death} header as
 * a cycle, and drop it.
 *
 * <p>A dead letter that was moved back into a task queue manually still has the headers of its
 * outcome: it is read as the task's next run.
 */
public final class TaskCodec {
  private static final String DEFAULT_ENDPOINT = "/v1/chat/completions";

  /** JSON, and the default content types of common AMQP clients. */
  private static final Pattern CONTENT_TYPE =
      Pattern.compile(
          "(application/(json|[^;]+\\+json|octet-stream)|text/plain)\\s*(;.*)?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ENDPOINT = Pattern.compile("/v1(/[A-Za-z0-9_-]+)+");

  /**
   * Maximum size of a request, in bytes: RabbitMQ closes the channel for a message above its own
   * limit (16 MiB in RabbitMQ 4).
   */
  public static final int MAX_BODY_BYTES = 8 * 1024 * 1024;

  /**
   * The maximum size of a reply in bytes. With its headers it must fit into a message; the limit of
   * RabbitMQ 4 is 16 MiB. The broker would close the channel on a larger one, and lose the reply.
   */
  public static final int MAX_REPLY_BYTES = 15 * 1024 * 1024;

  /** Maximum length of {@code sluice-custom-id}: all headers must fit into one AMQP frame. */
  public static final int MAX_CUSTOM_ID_BYTES = 4096;

  private static final int MAX_SOURCE_LENGTH = 200;

  private TaskCodec() {}

  /** Writes a persistent message. */
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
    ServiceTier tier = task.tier().requested();
    WireProperties.put(properties, Headers.TIER, tier == null ? null : tier.wireName());
    if (task.tier().refusals() > 0) {
      properties.setHeader(Headers.REFUSALS, task.tier().refusals());
    }
    if (task.failCutOff()) {
      properties.setHeader(Headers.FAIL_CUT_OFF, true);
    }
    AnswerCheckHeaders.write(task.check(), properties);
    WireProperties.put(properties, Headers.SOURCE, task.source());
    WireProperties.put(properties, Headers.PROJECT, task.project());
    if (!task.requestHeaders().isEmpty()) {
      properties.setHeader(Headers.REQUEST_HEADERS, task.requestHeaders());
    }
    WireProperties.put(properties, task.history());
    return new Message(task.body().bytes(), properties);
  }

  /**
   * Reads a message from a route's task queue.
   *
   * @param route the route of the queue; it overrides the header
   * @param now default for the time of the first publish
   */
  public static TaskReadResult read(Message message, String route, Instant now) {
    WireProperties in = new WireProperties(message.getMessageProperties());
    try {
      in.text(Headers.WIRE).ifPresent(WireVersion::check);
      String taskId =
          Optional.ofNullable(message.getMessageProperties().getMessageId())
              .orElseThrow(() -> new IllegalArgumentException("message_id is missing"));
      TaskIds ids = in.ids(taskId, route, DEFAULT_ENDPOINT);
      boolean hasOutcome = in.text(Headers.OUTCOME).isPresent();
      if (hasOutcome) {
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
        throw new IllegalArgumentException("the body is empty: expected a request");
      }
      if (message.getBody().length > MAX_BODY_BYTES) {
        throw new IllegalArgumentException(
            "the body has "
                + message.getBody().length
                + " bytes, more than the limit of "
                + MAX_BODY_BYTES);
      }
      if (!Payload.of(message.getBody()).isUtf8()) {
        throw new IllegalArgumentException("the body is not UTF-8");
      }
      return new TaskReadResult.Task(
          new TaskMessage(
              ids,
              in.number(Headers.ATTEMPT).map(Math::toIntExact).orElse(1),
              in.number(Headers.THROTTLES).map(Math::toIntExact).orElse(0),
              in.instant(Headers.FIRST_ENQUEUED_AT).orElse(now),
              in.instant(Headers.DEADLINE).orElse(null),
              in.instant(Headers.NOT_BEFORE).orElse(null),
              new TaskCaller(
                  message.getMessageProperties().getReplyTo(),
                  in.text(Headers.SOURCE).filter(TaskCodec::isName).orElse(null),
                  in.text(Headers.PROJECT).filter(TaskCodec::isName).orElse(null),
                  RequestHeaders.read(in.value(Headers.REQUEST_HEADERS))),
              in.number(Headers.TRIM).map(Math::toIntExact).orElse(0),
              new TaskTier(
                  in.text(Headers.TIER).map(TaskCodec::tier).orElse(null),
                  in.number(Headers.REFUSALS).map(Math::toIntExact).orElse(0)),
              new AnswerRules(
                  in.flag(Headers.FAIL_CUT_OFF), AnswerCheckHeaders.read(in, hasOutcome)),
              Payload.of(message.getBody()),
              hasOutcome ? CallHistory.NONE : in.history()));
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      String reason = String.valueOf(malformed.getMessage());
      return new TaskReadResult.Malformed(
          in.recoverIds(route, DEFAULT_ENDPOINT, Payload.of(message.getBody())),
          reason,
          Payload.of(message.getBody()));
    }
  }

  private static ServiceTier tier(String name) {
    return ServiceTier.fromWire(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Headers.TIER + " '" + name + "' is neither flex nor standard"));
  }

  private static boolean isName(String source) {
    return !source.isBlank() && source.length() <= MAX_SOURCE_LENGTH;
  }

  private static void checkContentType(@Nullable String contentType) {
    if (contentType != null && !CONTENT_TYPE.matcher(contentType).matches()) {
      throw new IllegalArgumentException(
          "content_type '" + contentType + "' is not " + MessageProperties.CONTENT_TYPE_JSON);
    }
  }

  private static void checkLength(String header, String value, int max) {
    int length = value.getBytes(StandardCharsets.UTF_8).length;
    if (length > max) {
      throw new IllegalArgumentException(
          header + " has " + length + " bytes, more than the limit of " + max);
    }
  }

  private static void checkTraceparent(@Nullable String traceparent) {
    if (traceparent != null && !Traceparent.isValid(traceparent)) {
      throw new IllegalArgumentException(
          Headers.TRACEPARENT + " is not of the form 00-<32 hex digits>-<16 hex digits>-01");
    }
  }
}
