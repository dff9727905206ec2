package dev.sluice.producer.infrastructure.trace;

import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts and ends the traces of tasks. */
public interface TaskTraces {

  /** Returns the {@code traceparent} of the current span; null if there is none. */
  @Nullable String currentTraceparent();

  /**
   * Starts a send span for each task.
   *
   * @param tasks tasks of batches; their {@code traceparent} is that of the request that created
   *     the batch, or null
   */
  PublishTrace startPublish(List<TaskMessage> tasks);

  /**
   * Records a process span for each stored outcome.
   *
   * @param start when the producer began to store them
   */
  void recordStored(Collection<OutcomeMessage> outcomes, Instant start);

  /** The send spans of tasks that are being published. */
  interface PublishTrace extends AutoCloseable {

    /** Returns the tasks with the {@code traceparent} of their own trace. */
    List<TaskMessage> tasks();

    /** Ends the spans. */
    @Override
    void close();
  }
}
