package dev.sluice.worker.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.github.bucket4j.TimeMeter;
import java.util.function.DoubleSupplier;

/**
 * A route's buckets, one for each limit, from which calls are paid before they are made.
 *
 * <p>Nothing here waits for the pace: a call is charged at once, into debt if need be, and told
 * when it is due. Whoever is charged first is due first.
 */
public interface Buckets {

  /** Buckets in this process's memory. */
  static Buckets local() {
    return inMemory(TimeMeter.SYSTEM_NANOTIME);
  }

  /** Buckets in this process's memory, by a clock of one's own. */
  static Buckets inMemory(TimeMeter clock) {
    return RouteBuckets.inMemory(clock);
  }

  /**
   * Buckets of which each worker has a part.
   *
   * @param part of the workers' consumers those of this worker, above 0 and up to 1
   */
  static Buckets divided(DoubleSupplier part) {
    return new PartitionedBuckets(RouteBuckets.inMemory(TimeMeter.SYSTEM_NANOTIME), part);
  }

  /**
   * Buckets that all workers share while the store answers, and of which each has a part while it
   * does not.
   *
   * @param name one for each route
   */
  static Buckets shared(RedisBucketStore store, String name, DoubleSupplier part) {
    return new FailoverBuckets(store, store.buckets(name), divided(part));
  }

  /** How fast they refill from now on. Debts stay. */
  void setRates(Rates rates);

  /** Charges a call, and says when it is due. */
  ReservationDelay reserve(TokenCost cost);

  /**
   * A call was charged too much, or was not made: what it did not use comes back.
   *
   * @param request whether the request itself comes back as well
   */
  void refund(TokenCost tooMuch, boolean request);

  /** A call used more than it was charged. */
  void debit(TokenCost more);

  /** Leaves out so many requests, a part of one too: all later calls are due so much later. */
  void delayLaterCalls(double requests);

  /**
   * A call that was charged is one that all workers pay: what is the others' part of it comes back.
   * They are to be told.
   */
  void splitCharge(TokenCost cost);

  /** This worker's part of a call that another one makes and all pay. */
  void payShare(TokenCost cost);

  /** Where they are kept: {@code worker}, {@code redis} or {@code divided}. */
  String storage();
}
