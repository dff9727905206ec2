package dev.sluice.worker.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.function.DoubleSupplier;

/**
 * Buckets without a common memory: each worker hands out its part of the pace. More workers make
 * the parts smaller and never the sum larger.
 */
final class PartitionedBuckets implements Buckets {
  private static final double NOTABLE = 0.005;

  private final RouteBuckets own;
  private final DoubleSupplier part;
  private Rates rates = Rates.UNBOUNDED;
  private double divided;

  /**
   * @param own this worker's
   * @param part of the workers' consumers those of this worker, above 0 and up to 1
   */
  PartitionedBuckets(RouteBuckets own, DoubleSupplier part) {
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
  public synchronized ReservationDelay take(TokenCost cost) {
    if (Math.abs(part.getAsDouble() - divided) > NOTABLE * divided) {
      pace(rates);
    }
    return own.take(cost);
  }

  @Override
  public void giveBack(TokenCost tooMuch, boolean request) {
    own.giveBack(tooMuch, request);
  }

  @Override
  public void charge(TokenCost more) {
    own.charge(more);
  }

  @Override
  public void skip(double requests) {
    own.skip(requests);
  }

  @Override
  public void shareOut(TokenCost cost) {
    own.giveBackPart(cost, 1 - part.getAsDouble());
  }

  @Override
  public void payPart(TokenCost cost) {
    own.takePart(cost, part.getAsDouble());
  }

  @Override
  public String keptIn() {
    return part.getAsDouble() == 1 ? own.keptIn() : "divided";
  }
}
