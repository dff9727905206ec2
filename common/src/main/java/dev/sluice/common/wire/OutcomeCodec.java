package dev.sluice.common.wire;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/**
 * Converts outcomes to AMQP messages and back.
 *
 * <p>A task that the broker dead-lettered at its delivery limit arrives in the same queues without
 * a worker's headers. It is read as failed with {@link FailureCode#DELIVERY_LIMIT}.
 */
public final class OutcomeCodec {
  private static final String UNKNOWN_ENDPOINT = "/";
  private static final String UNKNOWN_REASON = "no reason given";
  private static final String UNKNOWN_ROUTE = "unknown";

  private OutcomeCodec() {}

  /** Writes a persistent message. */
  public static Message write(OutcomeMessage outcome) {
    MessageProperties properties = WireProperties.of(outcome.ids());
    properties.setHeader(Headers.OUTCOME, outcome.kind().wireName());
    CallStatsHeaders.write(outcome.stats(), properties);
    if (outcome.cutOff()) {
      properties.setHeader(Headers.CUT_OFF, true);
    }
    writeCheck(outcome.check(), properties);
    Failure failure = outcome.failure();
    if (failure != null) {
      properties.setHeader(Headers.FAILURE_CODE, failure.code());
      properties.setHeader(Headers.FAILURE_DETAIL, failure.detail());
    }
    return new Message(outcome.body().bytes(), properties);
  }

  /**
   * Reads a message of {@code sluice.results} or {@code sluice.dead.<route>}.
   *
   * @throws IllegalArgumentException if a header violates the contract; the message names the
   *     header
   */
  public static OutcomeMessage read(Message message) {
    WireProperties in = new WireProperties(message.getMessageProperties());
    String route = in.text(Headers.ROUTE).orElseGet(() -> routeOf(message));
    Payload payload = Payload.of(message.getBody());
    TaskIds ids = in.recoverIds(route, UNKNOWN_ENDPOINT, payload);
    Optional<String> kind = in.text(Headers.OUTCOME);
    if (kind.isEmpty()) {
      return deliveryLimitExceeded(message, in, ids, payload);
    }
    OutcomeKind read = kind(kind.get());
    return new OutcomeMessage(
        ids,
        read,
        read == OutcomeKind.COMPLETED ? null : failure(in),
        CallStatsHeaders.read(message.getMessageProperties()),
        read == OutcomeKind.COMPLETED && in.flag(Headers.CUT_OFF),
        check(in),
        payload);
  }

  private static void writeCheck(@Nullable CheckResult check, MessageProperties properties) {
    if (check != null) {
      properties.setHeader(Headers.CHECKED_ANSWERS, check.answers());
      Payload reply = check.invalidReply();
      WireProperties.put(properties, Headers.INVALID_REPLY, reply == null ? null : reply.text());
    }
  }

  private static @Nullable CheckResult check(WireProperties in) {
    int answers = in.numberOrDefault(Headers.CHECKED_ANSWERS, 0);
    return answers == 0
        ? null
        : new CheckResult(answers, in.text(Headers.INVALID_REPLY).map(Payload::of).orElse(null));
  }

  /**
   * Reads any message of {@code sluice.dead.<route>}; one that violates the contract is read as
   * failed with {@link FailureCode#MALFORMED_TASK}.
   */
  public static OutcomeMessage readDeadLetter(Message message) {
    try {
      return read(message);
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      WireProperties in = new WireProperties(message.getMessageProperties());
      String route = in.text(Headers.ROUTE).orElseGet(() -> routeOf(message));
      Payload payload = Payload.of(message.getBody());
      return OutcomeMessage.failed(
          in.recoverIds(route, UNKNOWN_ENDPOINT, payload),
          new Failure(FailureCode.MALFORMED_TASK, String.valueOf(malformed.getMessage())),
          CallStats.none(0, 0, "unknown"),
          payload);
    }
  }

  private static OutcomeMessage deliveryLimitExceeded(
      Message message, WireProperties in, TaskIds ids, Payload payload) {
    String reason = deathReason(message.getMessageProperties());
    String detail =
        "The broker dead-lettered the task ("
            + reason
            + "): workers received it, but none settled it.";
    CallStats stats =
        CallStats.none(
            in.numberOrDefault(Headers.ATTEMPT, 1),
            in.numberOrDefault(Headers.THROTTLES, 0),
            "broker",
            in.history());
    return OutcomeMessage.failed(
        ids, new Failure(FailureCode.DELIVERY_LIMIT, detail), stats, payload);
  }

  private static Failure failure(WireProperties in) {
    return new Failure(
        in.text(Headers.FAILURE_CODE)
            .orElseThrow(() -> new IllegalArgumentException(Headers.FAILURE_CODE + " is missing")),
        in.text(Headers.FAILURE_DETAIL).orElse(""));
  }

  private static OutcomeKind kind(String name) {
    return OutcomeKind.fromWire(name)
        .orElseThrow(
            () -> new IllegalArgumentException(Headers.OUTCOME + " '" + name + "' is unknown"));
  }

  private static String routeOf(Message message) {
    String key = message.getMessageProperties().getReceivedRoutingKey();
    return key == null || key.indexOf('.') < 0
        ? UNKNOWN_ROUTE
        : key.substring(key.indexOf('.') + 1);
  }

  private static String deathReason(MessageProperties properties) {
    return properties.getHeaders().get("x-death") instanceof List<?> deaths
            && !deaths.isEmpty()
            && deaths.getFirst() instanceof Map<?, ?> last
        ? Objects.requireNonNullElse(last.get("reason"), UNKNOWN_REASON).toString()
        : UNKNOWN_REASON;
  }
}
