package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallRecord;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.classify.TaskOutcome.NoCapacity;
import dev.sluice.worker.classify.TaskOutcome.NoTier;
import dev.sluice.worker.classify.TaskOutcome.NotReady;
import dev.sluice.worker.classify.TaskOutcome.PromptTooLong;
import dev.sluice.worker.classify.TaskOutcome.Rejected;
import dev.sluice.worker.classify.TaskOutcome.ReplyTooLarge;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates the history entry of a call.
 *
 * @param worker the name of this worker
 */
record CallRecordFactory(String worker) {

  /**
   * The entry of the call; empty if no call was made.
   *
   * @param member name of the member that was called; empty for a route without members
   */
  Optional<CallRecord> of(TaskOutcome outcome, String member, Instant end) {
    return of(outcome, end).map(call -> member.isEmpty() ? call : call.withMember(member));
  }

  private Optional<CallRecord> of(TaskOutcome outcome, Instant end) {
    return switch (outcome) {
      case Completed completed -> withReply(completed.reply(), "completed", null, end);
      case InvalidOutput invalid ->
          withReply(invalid.completed().reply(), FailureCode.INVALID_OUTPUT.wireName(), null, end);
      case Throttled throttled ->
          withReply(throttled.reply(), "throttled", throttled.retryAfter(), end);
      case Unavailable failed -> ofUnavailable(failed, end);
      case NotReady notReady ->
          withReply(notReady.reply(), "not_ready", notReady.retryAfter(), end);
      case NoCapacity refused ->
          withReply(refused.reply(), "no_capacity", refused.retryAfter(), end);
      case NoTier none -> withReply(none.reply(), "no_tier", null, end);
      case Rejected rejected -> withReply(rejected.reply(), rejected.code().wireName(), null, end);
      case RouteDown down -> withReply(down.reply(), down.kind().wireName(), null, end);
      case ReplyTooLarge large ->
          entry(null, FailureCode.REPLY_TOO_LARGE.wireName(), null, end.minus(large.latency()));
      case Abandoned abandoned -> entry(null, "cancelled", null, end.minus(abandoned.latency()));
      case PromptTooLong tooLong -> Optional.empty();
      case Expired expired -> Optional.empty();
      case Cancelled cancelled -> Optional.empty();
    };
  }

  private Optional<CallRecord> ofUnavailable(Unavailable failed, Instant end) {
    Answered reply = failed.reply();
    return reply == null
        ? entry(null, "no_response", failed.retryAfter(), end.minus(failed.latency()))
        : withReply(reply, "unavailable", failed.retryAfter(), end);
  }

  private Optional<CallRecord> withReply(
      Answered reply, String code, @Nullable Duration retryAfter, Instant end) {
    return entry(reply.status(), code, retryAfter, end.minus(reply.latency()));
  }

  private Optional<CallRecord> entry(
      @Nullable Integer status, String code, @Nullable Duration retryAfter, Instant start) {
    return Optional.of(
        new CallRecord(
            start, worker, status, code, retryAfter == null ? null : retryAfter.toMillis()));
  }
}
