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

/** The properties and headers that tasks and outcomes share, written and read in one place. */
record WireProperties(MessageProperties properties) {
  private static final int LONGEST_NAME = TaskCodec.MAX_CUSTOM_ID_BYTES;

  static MessageProperties of(TaskIds ids) {
    MessageProperties properties = new MessageProperties();
    properties.setMessageId(ids.taskId());
    properties.setCorrelationId(ids.batchId());
    properties.setType(ids.endpoint());
    properties.setContentType(MessageProperties.CONTENT_TYPE_JSON);
    properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
    properties.setHeader(Headers.WIRE, WireVersion.OWN.toString());
    properties.setHeader(Headers.ROUTE, ids.route());
    properties.setHeader(Headers.LANE, ids.lane().wireName());
    properties.setHeader(Headers.CUSTOM_ID, ids.customId());
    properties.setHeader(Headers.RUN, ids.run());
    put(properties, Headers.TRACEPARENT, ids.traceparent());
    return properties;
  }

  static void put(MessageProperties properties, String header, @Nullable Object value) {
    if (value != null) {
      properties.setHeader(header, value instanceof Instant instant ? instant.toString() : value);
    }
  }

  static void put(MessageProperties properties, AttemptHistory history) {
    if (!history.attempts().isEmpty()) {
      properties.setHeader(Headers.HISTORY, history.text());
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
        number(Headers.RUN).map(Math::toIntExact).orElse(1));
  }

  /**
   * Names for a message that is no task: what can be read of it, stand-ins for the rest. One
   * without an id has the same one at each reading, so that its copies are known as such.
   */
  TaskIds recoverIds(String route, String defaultEndpoint, Payload payload) {
    String taskId =
        Optional.ofNullable(properties.getMessageId())
            .filter(id -> !id.isBlank())
            .orElseGet(() -> idOf(payload));
    String type = properties.getType();
    return new TaskIds(
        taskId,
        properties.getCorrelationId(),
        type != null && type.startsWith("/") ? type : defaultEndpoint,
        route,
        text(Headers.LANE).flatMap(Lane::fromWire).orElse(Lane.BATCH),
        text(Headers.CUSTOM_ID).map(WireProperties::cut).orElse(taskId),
        text(Headers.TRACEPARENT).map(WireProperties::cut).orElse(null),
        Math.max(1, bestNumber(Headers.RUN, 1)));
  }

  private static String idOf(Payload payload) {
    return UUID.nameUUIDFromBytes(payload.bytes()).toString();
  }

  /** The header's number; the other one where it has none that could be. */
  int bestNumber(String header, int other) {
    try {
      return number(header).map(Math::toIntExact).filter(number -> number >= 0).orElse(other);
    } catch (IllegalArgumentException | ArithmeticException noNumber) {
      return other;
    }
  }

  AttemptHistory history() {
    return text(Headers.HISTORY).map(AttemptHistory::read).orElse(AttemptHistory.NONE);
  }

  /** So that what is no task still fits into the frame of its dead letter. */
  private static String cut(String value) {
    return value.length() <= LONGEST_NAME ? value : value.substring(0, LONGEST_NAME);
  }

  Optional<String> text(String header) {
    return Optional.ofNullable(properties.getHeaders().get(header)).map(Object::toString);
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
                        + "' is none of "
                        + Arrays.stream(Lane.values())
                            .map(Lane::wireName)
                            .collect(Collectors.joining(", "))));
  }
}
