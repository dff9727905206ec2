package dev.sluice.common.wire;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;

/**
 * Outcomes to AMQP messages and back.
 *
 * <p>A task that the broker gave up on reaches the same queues without any of a worker's headers:
 * it is read as failed with {@link FailureCode#DELIVERY_LIMIT}.
 */
public final class OutcomeCodec {
  private static final String UNKNOWN_ENDPOINT = "/";
  private static final String NO_REASON = "no reason given";
  private static final String NO_ROUTE = "unknown";

  private OutcomeCodec() {}

  /** The message of an outcome, persistent. */
  public static Message write(OutcomeMessage outcome) {
    MessageProperties properties = WireProperties.of(outcome.ids());
    properties.setHeader(Headers.OUTCOME, outcome.kind().wireName());
    CallStatsHeaders.write(outcome.facts(), properties);
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
   * @throws IllegalArgumentException naming the header that breaks the contract
   */
  public static OutcomeMessage read(Message message) {
    WireProperties in = new WireProperties(message.getMessageProperties());
    String route = in.text(Headers.ROUTE).orElseGet(() -> routeOf(message));
    Payload payload = Payload.of(message.getBody());
    TaskIds ids = in.recoverIds(route, UNKNOWN_ENDPOINT, payload);
    Optional<String> kind = in.text(Headers.OUTCOME);
    if (kind.isEmpty()) {
      return givenUpByTheBroker(message, in, ids, payload);
    }
    OutcomeKind read = kind(kind.get());
    return new OutcomeMessage(
        ids,
        read,
        read == OutcomeKind.COMPLETED ? null : failure(in),
        CallStatsHeaders.read(message.getMessageProperties()),
        payload);
  }

  /** Reads whatever lies in {@code sluice.dead.<route>}: what breaks the contract says how. */
  public static OutcomeMessage readDead(Message message) {
    try {
      return read(message);
    } catch (IllegalArgumentException | ArithmeticException broken) {
      WireProperties in = new WireProperties(message.getMessageProperties());
      String route = in.text(Headers.ROUTE).orElseGet(() -> routeOf(message));
      Payload payload = Payload.of(message.getBody());
      return OutcomeMessage.failed(
          in.recoverIds(route, UNKNOWN_ENDPOINT, payload),
          new Failure(FailureCode.MALFORMED_TASK, String.valueOf(broken.getMessage())),
          CallStats.none(0, 0, "unknown"),
          payload);
    }
  }

  private static OutcomeMessage givenUpByTheBroker(
      Message message, WireProperties in, TaskIds ids, Payload payload) {
    String reason = deathReason(message.getMessageProperties());
    String detail =
        "The broker gave the task up (" + reason + "): the workers that took it never settled it.";
    CallStats facts =
        CallStats.none(
            in.bestNumber(Headers.ATTEMPT, 1),
            in.bestNumber(Headers.THROTTLES, 0),
            "broker",
            in.history());
    return OutcomeMessage.failed(
        ids, new Failure(FailureCode.DELIVERY_LIMIT, detail), facts, payload);
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
    return key == null || key.indexOf('.') < 0 ? NO_ROUTE : key.substring(key.indexOf('.') + 1);
  }

  private static String deathReason(MessageProperties properties) {
    return properties.getHeaders().get("x-death") instanceof List<?> deaths
            && !deaths.isEmpty()
            && deaths.getFirst() instanceof Map<?, ?> last
        ? Objects.requireNonNullElse(last.get("reason"), NO_REASON).toString()
        : NO_REASON;
  }
}
