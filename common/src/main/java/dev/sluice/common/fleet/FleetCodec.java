package dev.sluice.common.fleet;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts fleet messages to JSON and back. Readers accept the names of earlier versions, ignore
 * unknown members and unreadable messages, and read a missing number as 0.
 */
public final class FleetCodec {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private FleetCodec() {}

  public static Message write(WorkerReport report) {
    return message(JSON.writeValueAsString(report));
  }

  public static Message write(HoldMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  public static Message write(RouteOverridesMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  /** Empty if the message is unreadable. */
  public static Optional<RouteOverridesMessage> routeOverrides(Message message) {
    return read(message, RouteOverridesMessage.class);
  }

  public static Message write(LivePriorityMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  public static Message write(TaskCancellationMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  /** Empty if the message is unreadable. */
  public static Optional<TaskCancellationMessage> taskCancellation(Message message) {
    return read(message, TaskCancellationMessage.class);
  }

  public static Message write(SuspensionMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  public static Message write(TaskSearchMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  /** Empty if the message is unreadable. */
  public static Optional<TaskSearchMessage> taskSearch(Message message) {
    return read(message, TaskSearchMessage.class);
  }

  public static Message write(TaskSearchResultMessage message) {
    return message(JSON.writeValueAsString(message));
  }

  /** Empty if the message is unreadable. */
  public static Optional<TaskSearchResultMessage> taskSearchResult(Message message) {
    return read(message, TaskSearchResultMessage.class);
  }

  /** Empty if the message is unreadable. */
  public static Optional<WorkerReport> report(Message message) {
    return read(message, WorkerReport.class);
  }

  /** Empty if the message is unreadable. */
  public static Optional<HoldMessage> hold(Message message) {
    return read(message, HoldMessage.class);
  }

  /** Empty if the message is unreadable. */
  public static Optional<SuspensionMessage> suspension(Message message) {
    return read(message, SuspensionMessage.class);
  }

  /** Empty if the message is unreadable. */
  public static Optional<LivePriorityMessage> livePriority(Message message) {
    return read(message, LivePriorityMessage.class);
  }

  /** The sender's time, with a resolution of 1 s; empty in messages of earlier versions. */
  public static Optional<Instant> sentAt(Message message) {
    return Optional.ofNullable(message.getMessageProperties().getTimestamp()).map(Date::toInstant);
  }

  private static Message message(String json) {
    return MessageBuilder.withBody(json.getBytes(StandardCharsets.UTF_8))
        .setContentType("application/json")
        .setTimestamp(Date.from(Instant.now()))
        .setDeliveryMode(MessageDeliveryMode.NON_PERSISTENT)
        .build();
  }

  private static <T> Optional<T> read(Message message, Class<T> type) {
    try {
      return Optional.ofNullable(JSON.readValue(message.getBody(), type));
    } catch (JacksonException unreadable) {
      return Optional.empty();
    }
  }
}
