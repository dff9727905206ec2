package dev.sluice.worker.limit;

import dev.sluice.common.route.RouteSettings.Limits;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Says when the next call of a route may go out. Callers are served in the order in which they
 * came, so that a large call is never overtaken for ever by small ones.
 */
public interface RateLimiter extends AutoCloseable {

  /** Limits that one process keeps by itself. */
  static RateLimiter local(Limits limits) {
    return new LocalRateLimiter(limits, TimeMeter.SYSTEM_NANOTIME);
  }

  /**
   * Waits for the right to make one call.
   *
   * @param tokens what the call is expected to use: prompt and reply
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is reserved
   *     then
   */
  Admission acquire(long tokens) throws InterruptedException;

  /** Whether tokens are limited: where not, nobody needs to estimate them. */
  boolean limitsTokens();

  /** No call starts before this time is over; a hold that already lasts longer stays. */
  void hold(Duration time);

  /** Lets everybody who waits go with {@link Admission.Closed}, now and from now on. */
  @Override
  void close();
}
