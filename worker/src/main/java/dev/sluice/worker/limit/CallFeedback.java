package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.TokenCost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of a call with a permit, as the limiter sees it.
 *
 * <pre>
 *   feedback          rates        charge                 route
 *   Succeeded         learn        corrected by usage     healthy
 *   Rejected          learn        kept                   healthy
 *   Throttled         lowered      refunded, not the      held: rate_limit
 *                                  request
 *   NoCapacity        learn        refunded, not the      healthy
 *                                  request
 *   RouteUnavailable  learn        kept                   quota, api_key, model_not_found:
 *                                                         held if HoldPolicy says so
 *   Failed            -            refunded if the        breaker: held if HoldPolicy
 *                                  provider was not       says so
 *                                  reached
 *   Abandoned         -            kept                   -
 *   NotSent           -            refunded               -
 * </pre>
 */
public sealed interface CallFeedback {

  /**
   * The provider completed the call.
   *
   * @param used the tokens in the reply's usage; null if it has none
   */
  record Succeeded(@Nullable TokenCost used, AdvertisedLimits advertised) implements CallFeedback {}

  /** The provider is healthy, and rejected the request because of its content. */
  record Rejected(AdvertisedLimits advertised) implements CallFeedback {}

  /**
   * The provider rejected the call with 429.
   *
   * @param retryAfter the Retry-After delay; null if there was none
   * @param exceeded the limit that the reply names; null if it names none
   */
  record Throttled(
      @Nullable Duration retryAfter, @Nullable LimitKind exceeded, AdvertisedLimits advertised)
      implements CallFeedback {}

  /** The provider is healthy, and has no capacity for this call: no limit was exceeded. */
  record NoCapacity(AdvertisedLimits advertised) implements CallFeedback {}

  /**
   * No request can succeed on this route now.
   *
   * @param reason a sentence for operators
   */
  record RouteUnavailable(HoldKind kind, String reason, AdvertisedLimits advertised)
      implements CallFeedback {}

  /**
   * A 5xx, a timeout, a broken connection or an incomplete reply.
   *
   * @param reason a sentence for operators
   * @param reached whether the provider may have received the request
   */
  record Failed(String reason, boolean reached) implements CallFeedback {}

  /** The worker cancelled the call. The provider charges it; its health is not known. */
  record Abandoned() implements CallFeedback {}

  /** No call was sent. */
  record NotSent() implements CallFeedback {}
}
