package dev.sluice.worker.consume;

import dev.sluice.common.wire.MessagesApi;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.classify.RateLimitHeaderReader;
import dev.sluice.worker.classify.ReplyDescription;
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
import dev.sluice.worker.limit.CallFeedback;
import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.TokenCost;
import dev.sluice.worker.provider.Reply;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Maps the end of a call to feedback for the route's limiter. */
final class CallFeedbackMapper {
  private final RateLimitHeaderReader headerReader;
  private final Clock clock;

  /**
   * @param clock the time against which reset timestamps of providers are resolved
   */
  CallFeedbackMapper(RateLimitHeaderReader headerReader, Clock clock) {
    this.headerReader = headerReader;
    this.clock = clock;
  }

  /**
   * @param endpoint the provider's path
   */
  CallFeedback of(String endpoint, Reply reply, TaskOutcome outcome) {
    Instant now = clock.instant();
    AdvertisedLimits limits =
        switch (reply) {
          case Reply.Answered answer when hasOwnLimits(endpoint) -> AdvertisedLimits.UNKNOWN;
          case Reply.Answered answer -> headerReader.read(answer, now);
          case Reply.Streamed stream -> headerReader.read(stream.head(), now);
          default -> AdvertisedLimits.UNKNOWN;
        };
    return switch (outcome) {
      case Completed completed ->
          new CallFeedback.Succeeded(tokenCost(endpoint, completed.usage()), limits);
      case InvalidOutput invalid ->
          new CallFeedback.Succeeded(tokenCost(endpoint, invalid.completed().usage()), limits);
      case ReplyTooLarge large -> new CallFeedback.Succeeded(null, limits);
      case Throttled throttled ->
          new CallFeedback.Throttled(throttled.retryAfter(), throttled.limitKind(), limits);
      case RouteDown down -> new CallFeedback.RouteUnavailable(down.kind(), down.reason(), limits);
      case Unavailable failed ->
          new CallFeedback.Failed(reason(reply, failed), !(reply instanceof Reply.NotConnected));
      case NotReady notReady ->
          new CallFeedback.Failed(
              "the server is not ready: HTTP " + notReady.reply().status(), /* reached= */ false);
      case NoCapacity refused -> new CallFeedback.NoCapacity(limits);
      case NoTier none -> new CallFeedback.Rejected(limits);
      case Rejected rejected -> new CallFeedback.Rejected(limits);
      case Abandoned abandoned -> new CallFeedback.Abandoned();
      case Expired expired -> new CallFeedback.NotSent();
      case Cancelled cancelled -> new CallFeedback.NotSent();
      case PromptTooLong tooLong -> new CallFeedback.NotSent();
    };
  }

  /**
   * The reason is shown in logs and pages, so omit the provider's text: it may quote the prompt.
   */
  private static String reason(Reply reply, Unavailable failed) {
    Reply.Answered answer = failed.reply();
    return answer == null || reply instanceof Reply.Streamed
        ? failed.detail()
        : ReplyDescription.withoutBody(answer);
  }

  /** Anthropic limits the counting of tokens separately. */
  private static boolean hasOwnLimits(String endpoint) {
    return endpoint.equals(MessagesApi.COUNT_TOKENS);
  }

  /** Anthropic's limit on input tokens does not count those that its prompt cache had. */
  private static @Nullable TokenCost tokenCost(String endpoint, TokenUsage usage) {
    if (usage.total() == 0) {
      return null;
    }
    long uncounted = MessagesApi.contains(endpoint) ? usage.cachedTokens() : 0;
    return new TokenCost(usage.promptTokens() - uncounted, usage.completionTokens());
  }
}
