package dev.sluice.worker.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.function.Consumer;
import java.util.function.Function;

/** The shared buckets while their store answers, this worker's part of them while it does not. */
final class FailoverBuckets implements Buckets {
  private final RedisBucketStore store;
  private final Buckets shared;
  private final Buckets divided;
  private volatile Rates rates = Rates.UNBOUNDED;
  private boolean wasUp;

  FailoverBuckets(RedisBucketStore store, Buckets shared, Buckets divided) {
    this.store = store;
    this.shared = shared;
    this.divided = divided;
  }

  @Override
  public void setRates(Rates newRates) {
    rates = newRates;
    each(buckets -> buckets.setRates(newRates));
  }

  @Override
  public ReservationDelay reserve(TokenCost cost) {
    return ask(buckets -> buckets.reserve(cost));
  }

  @Override
  public void refund(TokenCost tooMuch, boolean request) {
    each(buckets -> buckets.refund(tooMuch, request));
  }

  @Override
  public void debit(TokenCost more) {
    each(buckets -> buckets.debit(more));
  }

  @Override
  public void delayLaterCalls(double requests) {
    each(buckets -> buckets.delayLaterCalls(requests));
  }

  @Override
  public void splitCharge(TokenCost cost) {
    each(buckets -> buckets.splitCharge(cost));
  }

  @Override
  public void payShare(TokenCost cost) {
    each(buckets -> buckets.payShare(cost));
  }

  @Override
  public String storage() {
    return store.isUp() ? shared.storage() : divided.storage();
  }

  private void each(Consumer<Buckets> what) {
    ask(
        buckets -> {
          what.accept(buckets);
          return ReservationDelay.NOW;
        });
  }

  private <T> T ask(Function<Buckets, T> question) {
    Buckets inUse = inUse();
    try {
      return question.apply(inUse);
    } catch (IllegalArgumentException wrong) {
      throw wrong; // a bug here, and no fault of the store's
    } catch (RuntimeException failure) {
      if (inUse.equals(divided)) {
        throw failure;
      }
      store.failed(failure);
      return question.apply(fallBack());
    }
  }

  /** Those that are to be asked now, at the present pace. */
  private synchronized Buckets inUse() {
    boolean isUp = store.isUp();
    if (isUp == wasUp) {
      return isUp ? shared : divided;
    }
    if (!isUp) {
      return fallBack();
    }
    try {
      shared.setRates(rates);
      wasUp = true;
      return shared;
    } catch (IllegalArgumentException wrong) {
      throw wrong;
    } catch (RuntimeException goneAgain) { // whoever asks may have a paid reply in hand
      store.failed(goneAgain);
      return fallBack();
    }
  }

  private synchronized Buckets fallBack() {
    wasUp = false;
    divided.setRates(rates);
    return divided;
  }
}
