package dev.sluice.worker.limit.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.function.Consumer;
import java.util.function.Function;

/** Uses the shared buckets while Redis is up, and this worker's partitioned buckets otherwise. */
final class FailoverBuckets implements Buckets {
  private final RedisBucketStore store;
  private final Buckets shared;
  private final Buckets partitioned;
  private volatile Rates rates = Rates.UNLIMITED;
  private boolean wasUp;

  FailoverBuckets(RedisBucketStore store, Buckets shared, Buckets partitioned) {
    this.store = store;
    this.shared = shared;
    this.partitioned = partitioned;
  }

  @Override
  public void setRates(Rates newRates) {
    rates = newRates;
    run(buckets -> buckets.setRates(newRates));
  }

  @Override
  public ReservationDelay reserve(TokenCost cost) {
    return call(buckets -> buckets.reserve(cost));
  }

  @Override
  public void refund(TokenCost unused, boolean includeRequest) {
    run(buckets -> buckets.refund(unused, includeRequest));
  }

  @Override
  public void debit(TokenCost excess) {
    run(buckets -> buckets.debit(excess));
  }

  @Override
  public void delayLaterCalls(double requests) {
    run(buckets -> buckets.delayLaterCalls(requests));
  }

  @Override
  public void refundPeerFractions(TokenCost cost) {
    run(buckets -> buckets.refundPeerFractions(cost));
  }

  @Override
  public void chargeOwnFraction(TokenCost cost) {
    run(buckets -> buckets.chargeOwnFraction(cost));
  }

  @Override
  public String limitStorage() {
    return store.isUp() ? shared.limitStorage() : partitioned.limitStorage();
  }

  private void run(Consumer<Buckets> operation) {
    call(
        buckets -> {
          operation.accept(buckets);
          return ReservationDelay.NONE;
        });
  }

  private <T> T call(Function<Buckets, T> operation) {
    Buckets active = active();
    try {
      return operation.apply(active);
    } catch (IllegalArgumentException bug) {
      throw bug; // not a failure of Redis
    } catch (RuntimeException failure) {
      if (active.equals(partitioned)) {
        throw failure;
      }
      store.onFailure(failure);
      return operation.apply(failOver());
    }
  }

  /** Returns the buckets to use now, after a switch with the current rates. */
  private synchronized Buckets active() {
    boolean isUp = store.isUp();
    if (isUp == wasUp) {
      return isUp ? shared : partitioned;
    }
    if (!isUp) {
      return failOver();
    }
    try {
      shared.setRates(rates);
      wasUp = true;
      return shared;
    } catch (IllegalArgumentException bug) {
      throw bug;
    } catch (RuntimeException failure) { // never fail the caller: it may hold a paid reply
      store.onFailure(failure);
      return failOver();
    }
  }

  private synchronized Buckets failOver() {
    wasUp = false;
    partitioned.setRates(rates);
    return partitioned;
  }
}
