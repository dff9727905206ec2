package dev.sluice.worker.classify;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.worker.limit.HoldKind;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.provider.Reply.Answered;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happened to a task when it was its turn. */
public sealed interface TaskOutcome {

  /** The provider answered with a whole, well-formed reply. */
  record Completed(Answered reply, TokenUsage usage) implements TaskOutcome {}

  /**
   * The provider's rate limit: not the task's fault.
   *
   * @param retryAfter how long the provider said to wait; null where it said nothing
   * @param dimension the limit a minute that the refusal names; null where it names none, or
   *     several, or one of a day
   */
  record Throttled(@Nullable Duration retryAfter, Answered reply, @Nullable LimitKind dimension)
      implements TaskOutcome {}

  /**
   * It may work later: a 5xx, a timeout, a broken connection, half a reply.
   *
   * @param retryAfter how long the provider said to wait; null where it said nothing
   * @param reply null where none arrived
   */
  record Unavailable(
      String detail, @Nullable Duration retryAfter, @Nullable Answered reply, Duration took)
      implements TaskOutcome {}

  /** The provider will never take this request as it is. */
  record Refused(FailureCode code, Answered reply) implements TaskOutcome {}

  /** The reply cannot be kept: it is larger than a message may be. */
  record Oversized(String detail, Duration took) implements TaskOutcome {}

  /** The prompt is longer than the model's window: no call was made. */
  record TooLong(String detail) implements TaskOutcome {}

  /** Nobody's request can succeed on this route now: no quota, a bad key, its model gone. */
  record RouteDown(HoldKind kind, String reason, Answered reply) implements TaskOutcome {}

  /** The caller hung up in the middle of the call. */
  record Abandoned(Duration took) implements TaskOutcome {}

  /** The deadline passed before the call. */
  record Expired() implements TaskOutcome {}

  /** Its batch was cancelled before the call. */
  record Cancelled() implements TaskOutcome {}
}
