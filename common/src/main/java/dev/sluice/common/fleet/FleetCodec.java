package dev.sluice.common.fleet;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fleet's messages as JSON. Names are added, never changed: a reader passes over what it does
 * not know, takes a number that is not there as 0, and passes over a message that it cannot read.
 * So workers and producers of different versions understand each other.
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

  public static Message write(HoldMessage notice) {
    return message(JSON.writeValueAsString(notice));
  }

  public static Message write(RouteOverridesMessage notice) {
    return message(JSON.writeValueAsString(notice));
  }

  /** Empty where it cannot be read as one. */
  public static Optional<RouteOverridesMessage> control(Message message) {
    return read(message, RouteOverridesMessage.class);
  }

  public static Message write(LivePriorityMessage notice) {
    return message(JSON.writeValueAsString(notice));
  }

  public static Message write(SuspensionMessage notice) {
    return message(JSON.writeValueAsString(notice));
  }

  /** Empty where it cannot be read as one. */
  public static Optional<WorkerReport> report(Message message) {
    return read(message, WorkerReport.class);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<HoldMessage> hold(Message message) {
    return read(message, HoldMessage.class);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<SuspensionMessage> halt(Message message) {
    return read(message, SuspensionMessage.class);
  }

  /** Empty where it cannot be read as one. */
  public static Optional<LivePriorityMessage> live(Message message) {
    return read(message, LivePriorityMessage.class);
  }

  private static Message message(String json) {
    return MessageBuilder.withBody(json.getBytes(StandardCharsets.UTF_8))
        .setContentType("application/json")
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
