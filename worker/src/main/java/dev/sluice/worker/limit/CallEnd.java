package dev.sluice.worker.limit;

import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Dimension;
import dev.sluice.worker.pace.Standing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a call that had a permit came to, as far as the limits are concerned. */
public sealed interface CallEnd {

  /**
   * The provider did the work.
   *
   * @param used the tokens that it counted; null where it does not say
   */
  record Took(@Nullable Cost used, Standing standing) implements CallEnd {}

  /** The provider is well, and refused the request for itself. */
  record Refused(Standing standing) implements CallEnd {}

  /**
   * The provider's rate limit.
   *
   * @param retryAfter how long it said to wait; null where it said nothing
   * @param what the limit that it names; null where it names none
   */
  record Throttled(@Nullable Duration retryAfter, @Nullable Dimension what, Standing standing)
      implements CallEnd {}

  /** Nobody's request can succeed on this route now. */
  record Down(HoldKind kind, String reason, Standing standing) implements CallEnd {}

  /**
   * A 5xx, a timeout, a broken connection, half a reply.
   *
   * @param reached whether the provider may have seen the request at all
   */
  record Failed(String reason, boolean reached) implements CallEnd {}

  /** The call was left off in the middle: it is paid, and says nothing of the provider. */
  record LeftOff() implements CallEnd {}

  /** No call was made. */
  record NotMade() implements CallEnd {}
}
