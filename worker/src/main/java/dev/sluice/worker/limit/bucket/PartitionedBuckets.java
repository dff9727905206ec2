package dev.sluice.worker.limit.bucket;

import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import java.util.function.DoubleSupplier;

/**
 * Buckets without shared storage: each worker refills at its limit fraction of the rates.
 *
 * <p>The fractions of all workers add up to at most 1, so more workers never exceed the limits.
 */
final class PartitionedBuckets implements Buckets {
  private static final double MIN_RELATIVE_CHANGE = 0.005;

  private final RouteBuckets own;
  private final DoubleSupplier limitFraction;
  private Rates rates = Rates.UNLIMITED;
  private double appliedFraction;

  /**
   * @param limitFraction this worker's consumers ÷ all consumers of the route, above 0 and up to 1
   */
  PartitionedBuckets(RouteBuckets own, DoubleSupplier limitFraction) {
    this.own = own;
    this.limitFraction = limitFraction;
    this.appliedFraction = limitFraction.getAsDouble();
  }

  @Override
  public synchronized void setRates(Rates newRates) {
    rates = newRates;
    appliedFraction = limitFraction.getAsDouble();
    own.setRates(rates.times(appliedFraction));
  }

  @Override
  public synchronized ReservationDelay reserve(TokenCost cost) {
    double change = Math.abs(limitFraction.getAsDouble() - appliedFraction);
    if (change > MIN_RELATIVE_CHANGE * appliedFraction) {
      setRates(rates);
    }
    return own.reserve(cost);
  }

  @Override
  public void refund(TokenCost unused, boolean includeRequest) {
    own.refund(unused, includeRequest);
  }

  @Override
  public void debit(TokenCost excess) {
    own.debit(excess);
  }

  @Override
  public void delayLaterCalls(double requests) {
    own.delayLaterCalls(requests);
  }

  @Override
  public void refundPeerFractions(TokenCost cost) {
    own.refundFraction(cost, 1 - limitFraction.getAsDouble());
  }

  @Override
  public void chargeOwnFraction(TokenCost cost) {
    own.chargeFraction(cost, limitFraction.getAsDouble());
  }

  @Override
  public String limitStorage() {
    return limitFraction.getAsDouble() == 1 ? own.limitStorage() : "partitioned";
  }
}
