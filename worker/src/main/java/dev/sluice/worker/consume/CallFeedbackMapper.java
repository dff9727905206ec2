package dev.sluice.worker.consume;

import dev.sluice.worker.classify.RateLimitHeaderReader;
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
import dev.sluice.worker.classify.TokenUsage;
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.TokenCost;
import dev.sluice.worker.provider.Reply;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Says what a call's end means for the limits of its route. */
final class CallFeedbackMapper {
  private final RateLimitHeaderReader standings;

  CallFeedbackMapper(RateLimitHeaderReader standings) {
    this.standings = standings;
  }

  CallFeedback of(Reply reply, TaskOutcome outcome, Instant now) {
    AdvertisedLimits advertisedLimits =
        switch (reply) {
          case Reply.Answered answer -> standings.read(answer, now);
          case Reply.Streamed stream -> standings.read(stream.head(), now);
          default -> AdvertisedLimits.UNKNOWN;
        };
    return switch (outcome) {
      case Completed done -> new CallFeedback.Succeeded(used(done.usage()), advertisedLimits);
      case Oversized large -> new CallFeedback.Succeeded(null, advertisedLimits);
      case Throttled throttled ->
          new CallFeedback.Throttled(
              throttled.retryAfter(), throttled.dimension(), advertisedLimits);
      case RouteDown down ->
          new CallFeedback.RouteUnavailable(down.kind(), down.reason(), advertisedLimits);
      case Unavailable failed ->
          new CallFeedback.Failed(reason(reply, failed), !(reply instanceof Reply.NotConnected));
      case Refused refused -> new CallFeedback.Rejected(advertisedLimits);
      case Abandoned abandoned -> new CallFeedback.Abandoned();
      case Expired expired -> new CallFeedback.NotSent();
      case Cancelled cancelled -> new CallFeedback.NotSent();
      case TooLong tooLong -> new CallFeedback.NotSent();
    };
  }

  /** Goes into logs and onto pages: what the provider wrote may hold a part of a prompt. */
  private static String reason(Reply reply, Unavailable failed) {
    return reply instanceof Reply.Answered answer ? "HTTP " + answer.status() : failed.detail();
  }

  private static @Nullable TokenCost used(TokenUsage usage) {
    return usage.total() == 0
        ? null
        : new TokenCost(usage.promptTokens(), usage.completionTokens());
  }
}
