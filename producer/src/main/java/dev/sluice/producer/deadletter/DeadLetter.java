package dev.sluice.producer.deadletter;

import dev.sluice.producer.access.Project;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A failed run of a task, without its request.
 *
 * @param project null for a letter of no batch: it is nobody's
 * @param batch null for a task that was published by hand
 * @param correlationId as the message had it
 * @param failureDetail the provider's error, or a sentence of Sluice's own
 * @param settled when it was replayed or discarded
 * @param refusal why a job could not do with it what was wanted, the last time
 */
record DeadLetter(
    UUID id,
    State state,
    @Nullable Project project,
    String taskId,
    int run,
    @Nullable UUID batch,
    @Nullable String correlationId,
    String customId,
    String route,
    String lane,
    String endpoint,
    String model,
    String failureCode,
    String failureDetail,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    int attempts,
    int throttles,
    String worker,
    Instant died,
    @Nullable Instant settled,
    @Nullable String refusal) {

  /** What became of it. */
  enum State {
    DEAD,
    REPLAYED,
    DISCARDED
  }
}
