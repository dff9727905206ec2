package dev.sluice.worker.settle;

import dev.sluice.common.wire.Attempt;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Abandoned;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.Oversized;
import dev.sluice.worker.classify.TaskOutcome.Refused;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.TooLong;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes into a task's history of a call that ended.
 *
 * @param worker who makes the calls
 */
record AttemptRecorder(String worker) {

  /** Empty where no call was made. */
  Optional<Attempt> of(TaskOutcome outcome, Instant end) {
    return switch (outcome) {
      case Completed done -> answered(done.reply(), "completed", null, end);
      case Throttled throttled ->
          answered(throttled.reply(), "throttled", throttled.retryAfter(), end);
      case Unavailable failed -> unavailable(failed, end);
      case Refused refused -> answered(refused.reply(), refused.code().wireName(), null, end);
      case RouteDown down -> answered(down.reply(), down.kind().wireName(), null, end);
      case Oversized large ->
          note(null, FailureCode.REPLY_TOO_LARGE.wireName(), null, end.minus(large.took()));
      case Abandoned left -> note(null, "abandoned", null, end.minus(left.took()));
      case TooLong tooLong -> Optional.empty();
      case Expired expired -> Optional.empty();
      case Cancelled cancelled -> Optional.empty();
    };
  }

  private Optional<Attempt> unavailable(Unavailable failed, Instant end) {
    Answered reply = failed.reply();
    return reply == null
        ? note(null, "no_answer", failed.retryAfter(), end.minus(failed.took()))
        : answered(reply, "unavailable", failed.retryAfter(), end);
  }

  private Optional<Attempt> answered(
      Answered reply, String code, @Nullable Duration told, Instant end) {
    return note(reply.status(), code, told, end.minus(reply.took()));
  }

  private Optional<Attempt> note(
      @Nullable Integer status, String code, @Nullable Duration told, Instant start) {
    return Optional.of(
        new Attempt(start, worker, status, code, told == null ? null : told.toMillis()));
  }
}
