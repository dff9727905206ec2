package dev.sluice.producer.trace;

import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nobody looks: nothing is made. */
final class NoopTaskTraces implements TaskTraces {

  @Override
  public @Nullable String current() {
    return null;
  }

  @Override
  public Sending sending(List<TaskMessage> tasks) {
    return new NoopSending(tasks);
  }

  @Override
  public void stored(Collection<OutcomeMessage> outcomes, Instant began) {}

  private record NoopSending(List<TaskMessage> tasks) implements Sending {
    @Override
    public void close() {}
  }
}
