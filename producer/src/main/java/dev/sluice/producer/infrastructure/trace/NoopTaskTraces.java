package dev.sluice.producer.infrastructure.trace;

import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates no traces; used if no exporter is configured. */
final class NoopTaskTraces implements TaskTraces {

  @Override
  public @Nullable String currentTraceparent() {
    return null;
  }

  @Override
  public PublishTrace startPublish(List<TaskMessage> tasks) {
    return new NoopPublishTrace(tasks);
  }

  @Override
  public void recordStored(Collection<OutcomeMessage> outcomes, Instant start) {}

  private record NoopPublishTrace(List<TaskMessage> tasks) implements PublishTrace {
    @Override
    public void close() {}
  }
}
