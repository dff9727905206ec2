package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.limit.RouteHealth;
import dev.sluice.worker.live.LiveReply;
import dev.sluice.worker.provider.Reply.Answered;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import dev.sluice.worker.settle.Settlement.Reply;
import java.time.Instant;

/**
 * Decides the settlement of a task with a live caller. The caller gets the provider's reply
 * unchanged, or a failure. Only a task that can still succeed for the caller is delayed, as a batch
 * task is.
 */
final class LiveSettlementPolicy {
  private final BatchSettlementPolicy batch;
  private final CallStatsRecorder stats;

  LiveSettlementPolicy(BatchSettlementPolicy batch, CallStatsRecorder stats) {
    this.batch = batch;
    this.stats = stats;
  }

  /**
   * @param member name of the member that was called; empty for a route without members
   * @param streaming whether the caller has received a chunk of the reply
   */
  Settlement settle(
      TaskMessage task,
      TaskOutcome outcome,
      String member,
      boolean streaming,
      RouteHealth routeHealth,
      Instant now) {
    return switch (outcome) {
      case TaskOutcome.Completed done -> completed(task, done, streaming);
      case TaskOutcome.InvalidOutput invalid -> completed(task, invalid.completed(), streaming);
      case TaskOutcome.Rejected rejected -> complete(task, rejected.reply());
      case TaskOutcome.RouteDown down -> complete(task, down.reply());
      case TaskOutcome.Unavailable failed when streaming ->
          failed(FailureCode.STREAM_BROKEN, failed.detail(), stats(task, failed));
      case TaskOutcome.Unavailable failed ->
          switch (batch.settle(task, outcome, member, routeHealth, now)) {
            case Delay delay -> delay;
            default -> exhausted(task, failed);
          };
      case TaskOutcome.Throttled throttled -> batch.settle(task, outcome, member, routeHealth, now);
      case TaskOutcome.NoCapacity refused -> batch.settle(task, outcome, member, routeHealth, now);
      case TaskOutcome.NoTier none -> complete(task, none.reply());
      case TaskOutcome.NotReady notReady -> batch.settle(task, outcome, member, routeHealth, now);
      case TaskOutcome.ReplyTooLarge large ->
          failed(
              FailureCode.REPLY_TOO_LARGE, large.detail(), stats.of(task, null, large.latency()));
      case TaskOutcome.PromptTooLong tooLong ->
          failed(FailureCode.CONTEXT_LENGTH_EXCEEDED, tooLong.detail(), stats.noCall(task));
      case TaskOutcome.Abandoned abandoned -> new Discard();
      case TaskOutcome.Cancelled cancelled -> new Discard();
      case TaskOutcome.Expired expired ->
          failed(
              FailureCode.DEADLINE_EXCEEDED,
              "The caller's timeout expired before the call.",
              stats.noCall(task));
    };
  }

  private Reply completed(TaskMessage task, TaskOutcome.Completed done, boolean streaming) {
    CallStats callStats = stats.of(task, done);
    return new Reply(
        streaming
            ? new LiveReply.StreamEnd(callStats)
            : new LiveReply.Complete(done.reply(), callStats));
  }

  /** A client would follow a redirect with its Sluice key, or use an unusable reply. */
  private Reply exhausted(TaskMessage task, TaskOutcome.Unavailable failed) {
    Answered reply = failed.reply();
    return reply == null || reply.status() < 400
        ? failed(FailureCode.ATTEMPTS_EXHAUSTED, failed.detail(), stats(task, failed))
        : complete(task, reply);
  }

  private Reply complete(TaskMessage task, Answered reply) {
    return new Reply(new LiveReply.Complete(reply, stats.of(task, reply)));
  }

  private static Reply failed(FailureCode code, String detail, CallStats stats) {
    return new Reply(new LiveReply.Failed(new Failure(code, detail), stats));
  }

  private CallStats stats(TaskMessage task, TaskOutcome.Unavailable failed) {
    return stats.of(task, failed.reply(), failed.latency());
  }
}
