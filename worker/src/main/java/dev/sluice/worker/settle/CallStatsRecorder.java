package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.UsageReader;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Creates the statistics of a task. Their tokens include the calls for the task's earlier answers.
 *
 * @param worker the name of this worker
 */
record CallStatsRecorder(String worker) {
  private static final int MAX_REQUEST_ID_LENGTH = 256;

  /** The statistics of a task that was not called. */
  CallStats noCall(TaskMessage task) {
    InvalidAnswer asked = task.check().last();
    return new CallStats(
        task.attempt() - 1,
        task.throttles(),
        null,
        null,
        asked.usage(),
        Duration.ZERO,
        worker,
        task.history());
  }

  CallStats of(TaskMessage task, Completed done) {
    return of(task, done.reply(), done.usage(), done.reply().latency());
  }

  CallStats of(TaskMessage task, Answered reply) {
    return of(task, reply, reply.latency());
  }

  /** The statistics of a call that may have no reply. */
  CallStats of(TaskMessage task, @Nullable Answered reply, Duration latency) {
    return of(task, reply, reply == null ? TokenUsage.NONE : UsageReader.of(reply), latency);
  }

  private CallStats of(
      TaskMessage task, @Nullable Answered reply, TokenUsage usage, Duration latency) {
    InvalidAnswer asked = task.check().last();
    return new CallStats(
        task.attempt(),
        task.throttles(),
        reply == null ? null : reply.status(),
        reply == null ? null : reply.requestId().map(CallStatsRecorder::truncate).orElse(null),
        usage.plus(asked.usage()),
        latency,
        worker,
        task.history());
  }

  /** All headers together must fit into one AMQP frame. */
  private static String truncate(String requestId) {
    return requestId.length() <= MAX_REQUEST_ID_LENGTH
        ? requestId
        : requestId.substring(0, MAX_REQUEST_ID_LENGTH);
  }
}
