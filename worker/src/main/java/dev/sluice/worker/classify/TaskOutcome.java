package dev.sluice.worker.classify;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.TokenUsage;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of processing a task in a worker, before the settlement is decided. */
public sealed interface TaskOutcome {

  /**
   * The provider sent a complete, well-formed reply.
   *
   * @param cutOff whether the answer was cut off at the token limit of the request; false for a
   *     stream
   */
  record Completed(Answered reply, TokenUsage usage, boolean cutOff) implements TaskOutcome {}

  /**
   * The provider sent a complete reply, but an answer in it does not fit the schema of the task.
   *
   * @param answer the text of the first such answer; empty for none
   * @param errors why it does not fit, one per line
   * @param canReAsk whether another answer could fit
   */
  record InvalidOutput(Completed completed, String answer, String errors, boolean canReAsk)
      implements TaskOutcome {}

  /**
   * The provider rejected the call with a rate limit.
   *
   * @param retryAfter the Retry-After delay; null if the provider sent none
   * @param limitKind the per-minute limit that the error names; null if it names none, several, or
   *     a daily limit
   */
  record Throttled(@Nullable Duration retryAfter, Answered reply, @Nullable LimitKind limitKind)
      implements TaskOutcome {}

  /**
   * A transient failure: a 5xx, a timeout, a lost connection, an incomplete reply.
   *
   * @param retryAfter the Retry-After delay; null if the provider sent none
   * @param reply null if no reply arrived
   */
  record Unavailable(
      String detail, @Nullable Duration retryAfter, @Nullable Answered reply, Duration latency)
      implements TaskOutcome {}

  /**
   * The server cannot process any request yet, for example because it loads its model.
   *
   * @param retryAfter the Retry-After delay; null if the server sent none
   */
  record NotReady(String detail, @Nullable Duration retryAfter, Answered reply)
      implements TaskOutcome {}

  /**
   * The provider has no capacity for this call now, for example at its flex tier.
   *
   * @param retryAfter the Retry-After delay; null if the provider sent none
   */
  record NoCapacity(@Nullable Duration retryAfter, Answered reply) implements TaskOutcome {}

  /** The model does not have the service tier that Sluice requested. */
  record NoTier(Answered reply) implements TaskOutcome {}

  /**
   * The provider rejects this request permanently.
   *
   * @param detail the text of the error
   */
  record Rejected(FailureCode code, String detail, Answered reply) implements TaskOutcome {
    /** A rejection whose text is the body of the reply. */
    public Rejected(FailureCode code, Answered reply) {
      this(code, reply.body().text(), reply);
    }
  }

  /** The reply is larger than the maximum size of a message. */
  record ReplyTooLarge(String detail, Duration latency) implements TaskOutcome {}

  /** The prompt is longer than the model's context length; no call was made. */
  record PromptTooLong(String detail) implements TaskOutcome {}

  /** No request can succeed on this route: used-up quota, invalid API key, or unknown model. */
  record RouteDown(HoldKind kind, String reason, Answered reply) implements TaskOutcome {}

  /** The caller disconnected during the call. */
  record Abandoned(Duration latency) implements TaskOutcome {}

  /** The deadline passed before the call. */
  record Expired() implements TaskOutcome {}

  /** The batch was cancelled before the call. */
  record Cancelled() implements TaskOutcome {}
}
