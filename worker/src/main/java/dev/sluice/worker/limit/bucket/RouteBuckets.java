package dev.sluice.worker.limit.bucket;

import dev.sluice.worker.limit.rate.LimitKind;
import dev.sluice.worker.limit.rate.Rates;
import dev.sluice.worker.limit.rate.TokenCost;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/** One Bucket4j bucket for each limit of a route, in memory or in Redis. */
final class RouteBuckets implements Buckets {
  /** Requests are stored in thousandths, because {@link #delayLaterCalls} takes fractions. */
  private static final long UNITS_PER_REQUEST = 1_000;

  private static final String REDIS_PREFIX = "sluice:bucket:";

  private final String limitStorage;
  private final BiFunction<LimitKind, BucketConfiguration, Bucket> factory;
  private final Map<LimitKind, Bucket> buckets = new ConcurrentHashMap<>();

  private RouteBuckets(
      String limitStorage, BiFunction<LimitKind, BucketConfiguration, Bucket> factory) {
    this.limitStorage = limitStorage;
    this.factory = factory;
  }

  static RouteBuckets inMemory(TimeMeter clock) {
    return new RouteBuckets(
        "worker",
        (kind, refill) ->
            Bucket.builder()
                .addLimit(refill.getBandwidths()[0])
                .withCustomTimePrecision(clock)
                .build());
  }

  /**
   * Returns buckets in Redis for all workers. Each worker sets their refill from its own estimate,
   * and the last write applies. The estimates agree because all workers see the same headers.
   */
  static RouteBuckets inRedis(Supplier<ProxyManager<String>> store, String name) {
    return new RouteBuckets(
        "redis",
        (kind, refill) ->
            store
                .get()
                .builder()
                .withOptimization(Optimizations.batching())
                .build(REDIS_PREFIX + name + ":" + kind.wireName(), () -> refill));
  }

  @Override
  public void setRates(Rates rates) {
    buckets.keySet().retainAll(rates.perSecond().keySet());
    rates
        .perSecond()
        .forEach(
            (kind, perSecond) -> {
              BucketConfiguration refill = refill(kind, perSecond, rates.strictSpacing());
              buckets
                  .computeIfAbsent(kind, absent -> factory.apply(absent, refill))
                  .replaceConfiguration(refill, TokensInheritanceStrategy.AS_IS);
            });
  }

  @Override
  public ReservationDelay reserve(TokenCost cost) {
    ReservationDelay longest = ReservationDelay.NONE;
    for (Map.Entry<LimitKind, Bucket> entry : buckets.entrySet()) {
      LimitKind kind = entry.getKey();
      long units = units(cost.amount(kind), kind);
      if (units > 0) {
        long nanos = entry.getValue().consumeIgnoringRateLimits(units);
        longest = nanos > longest.nanos() ? new ReservationDelay(nanos, kind) : longest;
      }
    }
    return longest;
  }

  @Override
  public void refund(TokenCost unused, boolean includeRequest) {
    buckets.forEach(
        (kind, bucket) -> {
          long units = correctionUnits(unused, includeRequest, kind);
          if (units > 0) {
            bucket.addTokens(units);
          }
        });
  }

  @Override
  public void debit(TokenCost excess) {
    buckets.forEach(
        (kind, bucket) -> {
          long units = correctionUnits(excess, false, kind);
          if (units > 0) {
            bucket.consumeIgnoringRateLimits(units);
          }
        });
  }

  @Override
  public void delayLaterCalls(double requests) {
    Bucket bucket = buckets.get(LimitKind.REQUESTS);
    long units = Math.round(requests * UNITS_PER_REQUEST);
    if (bucket != null && units > 0) {
      bucket.consumeIgnoringRateLimits(units);
    }
  }

  @Override
  public void refundPeerFractions(TokenCost cost) {
    // the reservation has charged the buckets of all workers
  }

  @Override
  public void chargeOwnFraction(TokenCost cost) {
    // the peer's reservation has charged the shared buckets
  }

  /** Refunds a fraction of a call, including its request. */
  void refundFraction(TokenCost cost, double fraction) {
    forEachFraction(cost, fraction, Bucket::addTokens);
  }

  /** Charges a fraction of a call, including its request. */
  void chargeFraction(TokenCost cost, double fraction) {
    forEachFraction(cost, fraction, Bucket::consumeIgnoringRateLimits);
  }

  private void forEachFraction(TokenCost cost, double fraction, ObjLongConsumer<Bucket> operation) {
    buckets.forEach(
        (kind, bucket) -> {
          long units = Math.round(fraction * units(cost.amount(kind), kind));
          if (units > 0) {
            operation.accept(bucket, units);
          }
        });
  }

  @Override
  public String limitStorage() {
    return limitStorage;
  }

  private static BucketConfiguration refill(
      LimitKind kind, double perSecond, boolean strictSpacing) {
    return kind == LimitKind.REQUESTS
        ? Refill.of(perSecond * UNITS_PER_REQUEST, UNITS_PER_REQUEST, !strictSpacing)
        : Refill.of(perSecond, 1, true);
  }

  private static long correctionUnits(TokenCost cost, boolean includeRequest, LimitKind kind) {
    boolean skip = kind == LimitKind.REQUESTS && !includeRequest;
    return skip ? 0 : units(cost.amount(kind), kind);
  }

  private static long units(long amount, LimitKind kind) {
    return kind == LimitKind.REQUESTS ? amount * UNITS_PER_REQUEST : amount;
  }
}
