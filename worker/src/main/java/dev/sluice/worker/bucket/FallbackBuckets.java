package dev.sluice.worker.bucket;

import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Rates;
import java.util.function.Consumer;
import java.util.function.Function;

/** The shared buckets while their store answers, this worker's part of them while it does not. */
final class FallbackBuckets implements Buckets {
  private final SharedStore store;
  private final Buckets shared;
  private final Buckets divided;
  private volatile Rates rates = Rates.UNBOUNDED;
  private boolean wasUp;

  FallbackBuckets(SharedStore store, Buckets shared, Buckets divided) {
    this.store = store;
    this.shared = shared;
    this.divided = divided;
  }

  @Override
  public void pace(Rates newRates) {
    rates = newRates;
    each(buckets -> buckets.pace(newRates));
  }

  @Override
  public Due take(Cost cost) {
    return ask(buckets -> buckets.take(cost));
  }

  @Override
  public void giveBack(Cost tooMuch, boolean request) {
    each(buckets -> buckets.giveBack(tooMuch, request));
  }

  @Override
  public void charge(Cost more) {
    each(buckets -> buckets.charge(more));
  }

  @Override
  public void skip(double requests) {
    each(buckets -> buckets.skip(requests));
  }

  @Override
  public void shareOut(Cost cost) {
    each(buckets -> buckets.shareOut(cost));
  }

  @Override
  public void payPart(Cost cost) {
    each(buckets -> buckets.payPart(cost));
  }

  @Override
  public String keptIn() {
    return store.isUp() ? shared.keptIn() : divided.keptIn();
  }

  private void each(Consumer<Buckets> what) {
    ask(
        buckets -> {
          what.accept(buckets);
          return Due.NOW;
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
      shared.pace(rates);
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
    divided.pace(rates);
    return divided;
  }
}
