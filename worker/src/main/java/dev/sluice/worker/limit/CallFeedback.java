package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a call that had a permit came to, as far as the limits are concerned. */
public sealed interface CallFeedback {

  /**
   * The provider did the work.
   *
   * @param used the tokens that it counted; null where it does not say
   */
  record Succeeded(@Nullable TokenCost used, AdvertisedLimits standing) implements CallFeedback {}

  /** The provider is well, and refused the request for itself. */
  record Rejected(AdvertisedLimits standing) implements CallFeedback {}

  /**
   * The provider's rate limit.
   *
   * @param retryAfter how long it said to wait; null where it said nothing
   * @param what the limit that it names; null where it names none
   */
  record Throttled(
      @Nullable Duration retryAfter, @Nullable LimitKind what, AdvertisedLimits standing)
      implements CallFeedback {}

  /** Nobody's request can succeed on this route now. */
  record RouteUnavailable(HoldKind kind, String reason, AdvertisedLimits standing)
      implements CallFeedback {}

  /**
   * A 5xx, a timeout, a broken connection, half a reply.
   *
   * @param reached whether the provider may have seen the request at all
   */
  record Failed(String reason, boolean reached) implements CallFeedback {}

  /** The call was left off in the middle: it is paid, and says nothing of the provider. */
  record Abandoned() implements CallFeedback {}

  /** No call was made. */
  record NotSent() implements CallFeedback {}
}
