package dev.sluice.worker.bucket;

import dev.sluice.worker.pace.Cost;
import dev.sluice.worker.pace.Rates;
import java.util.function.DoubleSupplier;

/**
 * Buckets without a common memory: each worker hands out its part of the pace. More workers make
 * the parts smaller and never the sum larger.
 */
final class DividedBuckets implements Buckets {
  private static final double NOTABLE = 0.005;

  private final BucketSet own;
  private final DoubleSupplier part;
  private Rates rates = Rates.UNBOUNDED;
  private double divided;

  /**
   * @param own this worker's
   * @param part of the workers' consumers those of this worker, above 0 and up to 1
   */
  DividedBuckets(BucketSet own, DoubleSupplier part) {
    this.own = own;
    this.part = part;
    this.divided = part.getAsDouble();
  }

  @Override
  public synchronized void pace(Rates newRates) {
    rates = newRates;
    divided = part.getAsDouble();
    own.pace(rates.times(divided));
  }

  @Override
  public synchronized Due take(Cost cost) {
    if (Math.abs(part.getAsDouble() - divided) > NOTABLE * divided) {
      pace(rates);
    }
    return own.take(cost);
  }

  @Override
  public void giveBack(Cost tooMuch, boolean request) {
    own.giveBack(tooMuch, request);
  }

  @Override
  public void charge(Cost more) {
    own.charge(more);
  }

  @Override
  public void skip(double requests) {
    own.skip(requests);
  }

  @Override
  public void shareOut(Cost cost) {
    own.giveBackPart(cost, 1 - part.getAsDouble());
  }

  @Override
  public void payPart(Cost cost) {
    own.takePart(cost, part.getAsDouble());
  }

  @Override
  public String keptIn() {
    return part.getAsDouble() == 1 ? own.keptIn() : "divided";
  }
}
