package dev.sluice.worker.consume;

import dev.sluice.worker.classify.StandingReader;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Cancelled;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.Expired;
import dev.sluice.worker.classify.TaskOutcome.Oversized;
import dev.sluice.worker.classify.TaskOutcome.Refused;
import dev.sluice.worker.classify.TaskOutcome.RouteDown;
import dev.sluice.worker.classify.TaskOutcome.Throttled;
import dev.sluice.worker.classify.TaskOutcome.TooLong;
import dev.sluice.worker.classify.TaskOutcome.Unavailable;
import dev.sluice.worker.classify.Usage;
import dev.sluice.worker.limit.CallEnd;
import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Standing;
import dev.sluice.worker.provider.Reply;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Says what a call's end means for the limits of its route. */
final class CallEnds {
  private final StandingReader standings;

  CallEnds(StandingReader standings) {
    this.standings = standings;
  }

  CallEnd of(Reply reply, TaskOutcome outcome, Instant now) {
    Standing standing =
        reply instanceof Reply.Answered answer ? standings.read(answer, now) : Standing.UNKNOWN;
    return switch (outcome) {
      case Completed done -> new CallEnd.Took(used(done.usage()), standing);
      case Oversized large -> new CallEnd.Took(null, standing);
      case Throttled throttled ->
          new CallEnd.Throttled(throttled.retryAfter(), throttled.dimension(), standing);
      case RouteDown down -> new CallEnd.Down(down.kind(), down.reason(), standing);
      case Unavailable failed ->
          new CallEnd.Failed(reason(reply, failed), !(reply instanceof Reply.NotConnected));
      case Refused refused -> new CallEnd.Refused(standing);
      case Expired expired -> new CallEnd.NotMade();
      case Cancelled cancelled -> new CallEnd.NotMade();
      case TooLong tooLong -> new CallEnd.NotMade();
    };
  }

  /** Goes into logs and onto pages: what the provider wrote may hold a part of a prompt. */
  private static String reason(Reply reply, Unavailable failed) {
    return reply instanceof Reply.Answered answer ? "HTTP " + answer.status() : failed.detail();
  }

  private static @Nullable Cost used(Usage usage) {
    return usage.total() == 0 ? null : new Cost(usage.promptTokens(), usage.completionTokens());
  }
}
