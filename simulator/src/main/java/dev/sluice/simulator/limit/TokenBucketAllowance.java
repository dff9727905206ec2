package dev.sluice.simulator.limit;

/**
 * A token bucket that refills without pause. Its level counts in tokens × microseconds per minute:
 * each microsecond then adds exactly the limit, and no rounding is ever lost.
 */
final class TokenBucketAllowance implements Allowance {
  private final long perMinute;
  private final long burstMillis;
  private final long capacity;
  private long level;
  private long at;

  private TokenBucketAllowance(long perMinute, long burstMillis, long level, long at) {
    this.perMinute = perMinute;
    this.burstMillis = burstMillis;
    this.capacity = capacity(perMinute, burstMillis);
    this.level = Math.min(level, capacity * MICROS_PER_MINUTE);
    this.at = at;
  }

  static TokenBucketAllowance full(long perMinute, long burstMillis, long now) {
    return new TokenBucketAllowance(perMinute, burstMillis, Long.MAX_VALUE, now);
  }

  private static long capacity(long perMinute, long burstMillis) {
    long exact = Math.multiplyExact(perMinute, burstMillis) / 60_000;
    return Math.clamp(exact, 1, PerMinute.MOST * 10);
  }

  @Override
  public long waitFor(long amount, long now) {
    refill(now);
    // What is larger than the bucket goes when it is full, and leaves a debt.
    long missing = Math.min(amount, capacity) * MICROS_PER_MINUTE - level;
    return missing <= 0 ? 0 : Math.ceilDiv(missing, perMinute);
  }

  @Override
  public void take(long amount, long now) {
    refill(now);
    level -= amount * MICROS_PER_MINUTE;
  }

  @Override
  public void takeForRefused(long now) {
    refill(now);
    level = Math.min(level, Math.max(0, level - MICROS_PER_MINUTE));
  }

  @Override
  public long left(long now) {
    refill(now);
    return Math.max(0, level / MICROS_PER_MINUTE);
  }

  @Override
  public long used(long now) {
    refill(now);
    return Math.ceilDiv(full() - level, MICROS_PER_MINUTE);
  }

  @Override
  public long untilFull(long now) {
    refill(now);
    return Math.ceilDiv(full() - level, perMinute);
  }

  @Override
  public Allowance withLimit(long newPerMinute, long now) {
    refill(now);
    return new TokenBucketAllowance(newPerMinute, burstMillis, level, now);
  }

  @Override
  public long perMinute() {
    return perMinute;
  }

  private long full() {
    return capacity * MICROS_PER_MINUTE;
  }

  private void refill(long now) {
    long elapsed = Math.max(0, now - at);
    long untilFull = Math.ceilDiv(full() - level, perMinute);
    level = elapsed >= untilFull ? full() : level + elapsed * perMinute;
    at = Math.max(at, now);
  }
}
