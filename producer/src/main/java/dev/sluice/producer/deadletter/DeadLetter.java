package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.Project;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A failed run of a task, without its request body.
 *
 * @param deadLetteredAt when the producer stored it, UTC
 */
public record DeadLetter(
    UUID id,
    Task task,
    Request request,
    Failure failure,
    Instant deadLetteredAt,
    Resolution resolution) {

  /**
   * The task whose run failed.
   *
   * @param project null if the task has no batch; only the administrator sees it then
   * @param batch null if the task was published directly to the broker
   * @param correlationId AMQP correlation id of the message; null for none
   */
  record Task(
      @Nullable Project project,
      String id,
      int run,
      @Nullable UUID batch,
      @Nullable String correlationId,
      String customId) {}

  /** Where the request was sent. */
  record Request(String route, String lane, String endpoint, String model) {}

  /**
   * Why and how the run failed.
   *
   * @param detail the provider's error, or Sluice's own explanation
   * @param statusCode HTTP status of the last attempt; null if the provider did not respond
   * @param throttles responses with status 429 of the task
   */
  record Failure(
      String code,
      String detail,
      @Nullable Integer statusCode,
      @Nullable String requestId,
      int attempts,
      int throttles,
      String worker) {}

  /**
   * What operators have done with it.
   *
   * @param at when it was replayed, discarded or accepted, UTC; null until then
   * @param lastRejection why a bulk job could not process it, the last time; null for none
   */
  record Resolution(State state, @Nullable Instant at, @Nullable String lastRejection) {}

  /** The states of a dead letter. A replayed one is discarded when its replay is cancelled. */
  enum State {
    OPEN("dead"),
    REPLAYED("replayed"),
    DISCARDED("discarded"),
    ACCEPTED("accepted");

    private final String column;

    State(String column) {
      this.column = column;
    }

    static State ofColumn(String column) {
      return Arrays.stream(values())
          .filter(state -> state.column.equals(column))
          .findFirst()
          .orElseThrow();
    }

    /** Returns the value stored in the database. */
    String column() {
      return column;
    }

    /** Returns the name in the API. */
    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
