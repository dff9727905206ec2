package dev.sluice.worker.limit;

import dev.sluice.worker.limit.bucket.Buckets;

/**
 * The limits of one account in this worker. All members of the account share it.
 *
 * <p>Guarded by the limiter's lock, except the buckets, which are called without it.
 */
final class AccountLimiter {
  private final Buckets buckets;
  private final RefillController refillController;
  private final AccountRates rates;
  private final LivePriority livePriority;
  private int running;

  AccountLimiter(Buckets buckets, AccountRates rates, long now) {
    this.buckets = buckets;
    this.refillController = new RefillController(buckets, now);
    this.rates = rates;
    this.livePriority = new LivePriority(now);
  }

  Buckets buckets() {
    return buckets;
  }

  RefillController refillController() {
    return refillController;
  }

  AccountRates rates() {
    return rates;
  }

  LivePriority livePriority() {
    return livePriority;
  }

  /** Returns the number of calls in flight of all its members. */
  int running() {
    return running;
  }

  void onCallStarted() {
    running++;
  }

  void onCallEnded() {
    running--;
  }
}
