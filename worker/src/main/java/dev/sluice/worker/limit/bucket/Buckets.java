package dev.sluice.worker.limit.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.github.bucket4j.TimeMeter;
import java.util.function.DoubleSupplier;

/**
 * The token buckets of a route, one for each limit. They are charged before a call is sent.
 *
 * <p>Token bucket with debt: a reservation always succeeds and may make the level negative. No
 * method blocks; the caller waits for the returned delay.
 *
 * <pre>
 *   level(t) = min(capacity, level(t0) + rate * (t - t0)) - charges + refunds
 *   delay    = max(0, -level) / rate
 * </pre>
 *
 * <p>With several limits, the longest delay applies. Calls become due in the order of their
 * reservations.
 */
public interface Buckets {

  /** Returns buckets in this process's memory. */
  static Buckets local() {
    return inMemory(TimeMeter.SYSTEM_NANOTIME);
  }

  /** Returns buckets in this process's memory that refill by the given clock. */
  static Buckets inMemory(TimeMeter clock) {
    return RouteBuckets.inMemory(clock);
  }

  /**
   * Returns buckets in this process's memory that refill at this worker's fraction of the rates.
   *
   * @param limitFraction this worker's consumers ÷ all consumers of the route, above 0 and up to 1
   */
  static Buckets partitioned(DoubleSupplier limitFraction) {
    return partitioned(TimeMeter.SYSTEM_NANOTIME, limitFraction);
  }

  /** As {@link #partitioned(DoubleSupplier)}, refilled by the given clock. */
  static Buckets partitioned(TimeMeter clock, DoubleSupplier limitFraction) {
    return new PartitionedBuckets(RouteBuckets.inMemory(clock), limitFraction);
  }

  /**
   * Returns buckets that all workers share in Redis. While Redis is unreachable, partitioned
   * buckets replace them.
   *
   * @param name the route's name
   * @param limitFraction as for {@link #partitioned}
   */
  static Buckets shared(RedisBucketStore store, String name, DoubleSupplier limitFraction) {
    return new FailoverBuckets(store, store.buckets(name), partitioned(limitFraction));
  }

  /** Sets the refill rates from now on. Debts remain. */
  void setRates(Rates rates);

  /** Charges a call before it is sent, and returns how long it must wait. */
  ReservationDelay reserve(TokenCost cost);

  /**
   * Returns tokens of a call that used less than was reserved, or that was not sent.
   *
   * @param includeRequest whether to return the request too
   */
  void refund(TokenCost unused, boolean includeRequest);

  /** Charges the tokens that a call used beyond its reservation. */
  void debit(TokenCost excess);

  /**
   * Delays all later calls.
   *
   * @param requests the delay, as a number of requests; fractions are allowed
   */
  void delayLaterCalls(double requests);

  /**
   * Divides a reserved call among all workers: refunds the peers' fractions here. The caller must
   * notify the peers, which then call {@link #chargeOwnFraction}.
   */
  void refundPeerFractions(TokenCost cost);

  /** Charges this worker's fraction of a call that a peer has divided among all workers. */
  void chargeOwnFraction(TokenCost cost);

  /** Returns where the limits are stored: {@code worker}, {@code redis} or {@code partitioned}. */
  String limitStorage();
}
