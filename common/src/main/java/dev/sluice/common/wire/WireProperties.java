package dev.sluice.common.wire;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/** Writes and reads the properties and headers that tasks and outcomes have in common. */
record WireProperties(MessageProperties properties) {
  private static final int MAX_RECOVERED_LENGTH = TaskCodec.MAX_CUSTOM_ID_BYTES;

  static MessageProperties of(TaskIds ids) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(ids.taskId());
    properties.setCorrelationId(ids.batchId());
    properties.setType(ids.endpoint());
    properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
    properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    properties.setHeader(Headers.WIRE, WireVersion.CURRENT.toString());
    properties.setHeader(Headers.ROUTE, ids.route());
    properties.setHeader(Headers.LANE, ids.lane().wireName());
    properties.setHeader(Headers.CUSTOM_ID, ids.customId());
    properties.setHeader(Headers.RUN, ids.run());
    if (ids.recoveries() > 0) {
      properties.setHeader(Headers.RECOVERIES, ids.recoveries());
    }
    put(properties, Headers.TRACEPARENT, ids.traceparent());
    return properties;
  }

  static void put(MessageProperties properties, String header, @Nullable Object value) {
    if (value != null) {
      properties.setHeader(header, value instanceof Instant instant ? instant.toString() : value);
    }
  }

  static void put(MessageProperties properties, CallHistory history) {
    if (!history.calls().isEmpty()) {
      properties.setHeader(Headers.HISTORY, history.json());
    }
  }

  TaskIds ids(String taskId, String route, String defaultEndpoint) {
    return new TaskIds(
        taskId,
        properties.getCorrelationId(),
        Optional.ofNullable(properties.getType()).orElse(defaultEndpoint),
        route,
        text(Headers.LANE).map(WireProperties::lane).orElse(Lane.BATCH),
        text(Headers.CUSTOM_ID).orElse(taskId),
        text(Headers.TRACEPARENT).orElse(null),
        number(Headers.RUN).map(Math::toIntExact).orElse(1),
        number(Headers.RECOVERIES).map(Math::toIntExact).orElse(0));
  }

  /**
   * Ids of a malformed message: the readable ones, with defaults for the others. A missing id is
   * derived from the body, so that copies of the message get the same id.
   */
  TaskIds recoverIds(String route, String defaultEndpoint, Payload payload) {
    String taskId =
        Optional.ofNullable(properties.getMessageId())
            .filter(id -> !id.isBlank())
            .orElseGet(() -> idFrom(payload));
    String type = properties.getType();
    return new TaskIds(
        taskId,
        properties.getCorrelationId(),
        type != null && type.startsWith("/") ? type : defaultEndpoint,
        route,
        text(Headers.LANE).flatMap(Lane::fromWire).orElse(Lane.BATCH),
        text(Headers.CUSTOM_ID).map(WireProperties::truncate).orElse(taskId),
        text(Headers.TRACEPARENT).map(WireProperties::truncate).orElse(null),
        Math.max(1, numberOrDefault(Headers.RUN, 1)),
        numberOrDefault(Headers.RECOVERIES, 0));
  }

  private static String idFrom(Payload payload) {
    return UUID.nameUUIDFromBytes(payload.bytes()).toString();
  }

  /** The header's value; the default if it is missing, negative or not a number. */
  int numberOrDefault(String header, int defaultValue) {
    try {
      return number(header)
          .map(Math::toIntExact)
          .filter(number -> number >= 0)
          .orElse(defaultValue);
    } catch (IllegalArgumentException | ArithmeticException notANumber) {
      return defaultValue;
    }
  }

  CallHistory history() {
    return text(Headers.HISTORY).map(CallHistory::read).orElse(CallHistory.NONE);
  }

  /** The headers of the dead letter must fit into one AMQP frame. */
  private static String truncate(String value) {
    return value.length() <= MAX_RECOVERED_LENGTH
        ? value
        : value.substring(0, MAX_RECOVERED_LENGTH);
  }

  @Nullable Object value(String header) {
    return properties.getHeaders().get(header);
  }

  Optional<String> text(String header) {
    return Optional.ofNullable(properties.getHeaders().get(header)).map(Object::toString);
  }

  /** Whether the header is {@code true}. */
  boolean flag(String header) {
    return text(header).map(Boolean::parseBoolean).orElse(false);
  }

  Optional<Long> number(String header) {
    return text(header).map(text -> parsed(header, text));
  }

  Optional<Instant> instant(String header) {
    return text(header).map(text -> parsedInstant(header, text));
  }

  private static long parsed(String header, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(header + " '" + text + "' is not a whole number");
    }
  }

  private static Instant parsedInstant(String header, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException notATime) {
      throw new IllegalArgumentException(
          header + " '" + text + "' is not a time such as 2026-01-31T12:00:00Z");
    }
  }

  private static Lane lane(String name) {
    return Lane.fromWire(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Headers.LANE
                        + " '"
                        + name
                        + "' is not one of "
                        + Arrays.stream(Lane.values())
                            .map(Lane::wireName)
                            .collect(Collectors.joining(", "))));
  }
}
