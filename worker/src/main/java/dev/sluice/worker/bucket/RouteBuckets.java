package dev.sluice.worker.bucket;

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

/** One bucket for each limit, wherever they are kept. */
final class RouteBuckets implements Buckets {
  /** Requests are counted in thousandths, so that a part of one can be taken. */
  private static final long REQUEST = 1_000;

  private static final String REDIS_PREFIX = "sluice:bucket:";

  private final String storage;
  private final BiFunction<LimitKind, BucketConfiguration, Bucket> factory;
  private final Map<LimitKind, Bucket> buckets = new ConcurrentHashMap<>();

  private RouteBuckets(String keptIn, BiFunction<LimitKind, BucketConfiguration, Bucket> factory) {
    this.storage = keptIn;
    this.factory = factory;
  }

  /** In this process's memory. */
  static RouteBuckets inMemory(TimeMeter clock) {
    return new RouteBuckets(
        "worker",
        (limitKind, refill) ->
            Bucket.builder()
                .addLimit(refill.getBandwidths()[0])
                .withCustomTimePrecision(clock)
                .build());
  }

  /**
   * In Redis, for all workers. Each worker that goes on sets their refill by what it believes; as
   * all see the same replies they agree, and the last one's word holds.
   */
  static RouteBuckets inRedis(Supplier<ProxyManager<String>> store, String name) {
    return new RouteBuckets(
        "redis",
        (limitKind, refill) ->
            store
                .get()
                .builder()
                .withOptimization(Optimizations.batching())
                .build(REDIS_PREFIX + name + ":" + limitKind.wireName(), () -> refill));
  }

  @Override
  public void setRates(Rates rates) {
    buckets.keySet().retainAll(rates.perSecond().keySet());
    rates
        .perSecond()
        .forEach(
            (limitKind, perSecond) -> {
              BucketConfiguration refill = refill(limitKind, perSecond, rates.punctual());
              buckets
                  .computeIfAbsent(limitKind, d -> factory.apply(d, refill))
                  .replaceConfiguration(refill, TokensInheritanceStrategy.AS_IS);
            });
  }

  @Override
  public ReservationDelay reserve(TokenCost cost) {
    ReservationDelay reservationDelay = ReservationDelay.NOW;
    for (Map.Entry<LimitKind, Bucket> one : buckets.entrySet()) {
      long amount = units(cost.of(one.getKey()), one.getKey());
      if (amount > 0) {
        long nanos = one.getValue().consumeIgnoringRateLimits(amount);
        reservationDelay =
            nanos > reservationDelay.nanos()
                ? new ReservationDelay(nanos, one.getKey())
                : reservationDelay;
      }
    }
    return reservationDelay;
  }

  @Override
  public void refund(TokenCost tooMuch, boolean request) {
    buckets.forEach(
        (limitKind, bucket) -> {
          long amount = ofCorrection(tooMuch, request, limitKind);
          if (amount > 0) {
            bucket.addTokens(amount);
          }
        });
  }

  @Override
  public void debit(TokenCost more) {
    buckets.forEach(
        (limitKind, bucket) -> {
          long amount = ofCorrection(more, false, limitKind);
          if (amount > 0) {
            bucket.consumeIgnoringRateLimits(amount);
          }
        });
  }

  @Override
  public void delayLaterCalls(double requests) {
    Bucket bucket = buckets.get(LimitKind.REQUESTS);
    long amount = Math.round(requests * REQUEST);
    if (bucket != null && amount > 0) {
      bucket.consumeIgnoringRateLimits(amount);
    }
  }

  @Override
  public void splitCharge(TokenCost cost) {
    // all who take from these pay each call
  }

  @Override
  public void payShare(TokenCost cost) {
    // it is paid
  }

  /** A part of a call comes back, of its request too. */
  void refundPart(TokenCost cost, double part) {
    eachPart(cost, part, Bucket::addTokens);
  }

  /** A part of a call is charged, of its request too. */
  void reservePart(TokenCost cost, double part) {
    eachPart(cost, part, Bucket::consumeIgnoringRateLimits);
  }

  private void eachPart(TokenCost cost, double part, ObjLongConsumer<Bucket> what) {
    buckets.forEach(
        (limitKind, bucket) -> {
          long amount = Math.round(part * units(cost.of(limitKind), limitKind));
          if (amount > 0) {
            what.accept(bucket, amount);
          }
        });
  }

  @Override
  public String storage() {
    return storage;
  }

  private static BucketConfiguration refill(
      LimitKind limitKind, double perSecond, boolean punctual) {
    boolean isOfRequests = limitKind == LimitKind.REQUESTS;
    return isOfRequests
        ? Refill.of(perSecond * REQUEST, REQUEST, !punctual)
        : Refill.of(perSecond, 1, true);
  }

  private static long ofCorrection(TokenCost cost, boolean request, LimitKind limitKind) {
    boolean isLeftAlone = limitKind == LimitKind.REQUESTS && !request;
    return isLeftAlone ? 0 : units(cost.of(limitKind), limitKind);
  }

  private static long units(long amount, LimitKind limitKind) {
    return limitKind == LimitKind.REQUESTS ? amount * REQUEST : amount;
  }
}
