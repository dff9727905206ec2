package dev.sluice.producer.trace;

import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the traces of tasks begin and end; none are made where nobody collects them. */
public interface TaskTraces {

  /** The {@code traceparent} of what this thread does for a request; null where it has none. */
  @Nullable String current();

  /**
   * Tasks of batches that are to be published.
   *
   * @param tasks each with the {@code traceparent} of the request that made its batch, where that
   *     is known
   */
  Sending sending(List<TaskMessage> tasks);

  /** These were stored, by a bulk that began then. */
  void stored(Collection<OutcomeMessage> outcomes, Instant began);

  /** A bulk of tasks on its way to the broker. */
  interface Sending extends AutoCloseable {

    /** Each as a part of its trace. */
    List<TaskMessage> tasks();

    /** They are there. */
    @Override
    void close();
  }
}
