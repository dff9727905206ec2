package dev.sluice.worker.telemetry.trace;

import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.provider.Reply;

/** The span of one exchange with the provider, as OpenTelemetry names it for generative AI. */
public interface CallSpan extends AutoCloseable {

  /** The task as the provider may see it: a part of this call. */
  TaskMessage mark(TaskMessage task);

  /** How the exchange ended. */
  void ended(Reply reply, TaskOutcome outcome);

  @Override
  void close();
}
