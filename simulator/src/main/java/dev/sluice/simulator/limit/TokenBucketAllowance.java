package dev.sluice.simulator.limit;

/**
 * A token bucket that refills continuously. Its level is in units of tokens / (microseconds per
 * minute): each microsecond adds exactly {@code perMinute} units, without rounding errors.
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
    return Math.clamp(exact, 1, PerMinute.MAX * 10);
  }

  @Override
  public long waitFor(long amount, long now) {
    refill(now);
    // An amount above the capacity is admitted when the bucket is full, and leaves a debt.
    long missing = Math.min(amount, capacity) * MICROS_PER_MINUTE - level;
    return missing <= 0 ? 0 : Math.ceilDiv(missing, perMinute);
  }

  @Override
  public void consume(long amount, long now) {
    refill(now);
    level -= amount * MICROS_PER_MINUTE;
  }

  @Override
  public void consumeForRejected(long now) {
    refill(now);
    level = Math.min(level, Math.max(0, level - MICROS_PER_MINUTE));
  }

  @Override
  public long remaining(long now) {
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
