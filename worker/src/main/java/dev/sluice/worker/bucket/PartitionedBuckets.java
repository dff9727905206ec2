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
  public synchronized void setRates(Rates newRates) {
    rates = newRates;
    divided = part.getAsDouble();
    own.setRates(rates.times(divided));
  }

  @Override
  public synchronized ReservationDelay reserve(TokenCost cost) {
    if (Math.abs(part.getAsDouble() - divided) > NOTABLE * divided) {
      setRates(rates);
    }
    return own.reserve(cost);
  }

  @Override
  public void refund(TokenCost tooMuch, boolean request) {
    own.refund(tooMuch, request);
  }

  @Override
  public void debit(TokenCost more) {
    own.debit(more);
  }

  @Override
  public void delayLaterCalls(double requests) {
    own.delayLaterCalls(requests);
  }

  @Override
  public void splitCharge(TokenCost cost) {
    own.refundPart(cost, 1 - part.getAsDouble());
  }

  @Override
  public void payShare(TokenCost cost) {
    own.reservePart(cost, part.getAsDouble());
  }

  @Override
  public String storage() {
    return part.getAsDouble() == 1 ? own.storage() : "divided";
  }
}
