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
  private Rates rates = Rates.UNBOUNDED;
  private boolean wasUp;

  FallbackBuckets(SharedStore store, Buckets shared, Buckets divided) {
    this.store = store;
    this.shared = shared;
    this.divided = divided;
  }

  @Override
  public synchronized void pace(Rates newRates) {
    rates = newRates;
    each(buckets -> buckets.pace(newRates));
  }

  @Override
  public synchronized Due take(Cost cost) {
    return ask(buckets -> buckets.take(cost));
  }

  @Override
  public synchronized void giveBack(Cost tooMuch, boolean request) {
    each(buckets -> buckets.giveBack(tooMuch, request));
  }

  @Override
  public synchronized void charge(Cost more) {
    each(buckets -> buckets.charge(more));
  }

  @Override
  public synchronized void skip(double requests) {
    each(buckets -> buckets.skip(requests));
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
    boolean isUp = store.isUp();
    try {
      if (isUp != wasUp) {
        (isUp ? shared : divided).pace(rates);
        wasUp = isUp;
      }
      return question.apply(isUp ? shared : divided);
    } catch (RuntimeException failure) {
      if (!isUp) {
        throw failure;
      }
      store.failed(failure);
      wasUp = false;
      divided.pace(rates);
      return question.apply(divided);
    }
  }
}
