package dev.sluice.simulator.limit;

/**
 * Fixed windows, aligned to the clock, each with a fraction (quota) of the limit. An amount above
 * the quota is admitted in an unused window, and debited from the following windows.
 */
final class FixedWindowAllowance implements Allowance {
  private final boolean seconds;
  private final long perMinute;
  private final long length;
  private final long windowsPerMinute;
  private long window;
  private long used;

  private FixedWindowAllowance(boolean seconds, long perMinute, long windowsPerMinute, long now) {
    this.seconds = seconds;
    this.perMinute = perMinute;
    this.windowsPerMinute = windowsPerMinute;
    this.length = MICROS_PER_MINUTE / windowsPerMinute;
    this.window = now / length;
  }

  static FixedWindowAllowance minutes(long perMinute, long now) {
    return new FixedWindowAllowance(false, perMinute, 1, now);
  }

  /** Windows of one second, or of several seconds so that the quota is at least 1. */
  static FixedWindowAllowance seconds(long perMinute, long now) {
    long windows = Math.min(60, perMinute);
    while (60 % windows != 0) {
      windows--;
    }
    return new FixedWindowAllowance(true, perMinute, windows, now);
  }

  @Override
  public long waitFor(long amount, long now) {
    roll(now);
    long target = window;
    long remainingUsage = used;
    while (!fits(amount, remainingUsage)) {
      remainingUsage = Math.max(0, remainingUsage - quota(target));
      target++;
    }
    return target == window ? 0 : target * length - now;
  }

  /** Monotonic: once true it stays true, so the wait for two limits is their maximum. */
  private boolean fits(long amount, long usage) {
    return amount > maxQuota() ? usage == 0 : usage + amount <= maxQuota();
  }

  @Override
  public void consume(long amount, long now) {
    roll(now);
    used += amount;
  }

  @Override
  public void consumeForRejected(long now) {
    roll(now);
    used = Math.max(used, Math.min(used + 1, maxQuota()));
  }

  @Override
  public long remaining(long now) {
    roll(now);
    return Math.max(0, maxQuota() - used);
  }

  @Override
  public long used(long now) {
    roll(now);
    return used;
  }

  @Override
  public long untilFull(long now) {
    roll(now);
    long target = window;
    for (long usage = used; usage > 0; target++) {
      usage -= quota(target);
    }
    return target == window ? 0 : target * length - now;
  }

  @Override
  public Allowance withLimit(long newPerMinute, long now) {
    roll(now);
    FixedWindowAllowance changed =
        seconds ? seconds(newPerMinute, now) : minutes(newPerMinute, now);
    changed.used = used;
    return changed;
  }

  @Override
  public long perMinute() {
    return perMinute;
  }

  private long maxQuota() {
    return Math.ceilDiv(perMinute, windowsPerMinute);
  }

  /** The quotas of a minute's windows add up to exactly the limit. */
  private long quota(long windowNumber) {
    long index = Math.floorMod(windowNumber, windowsPerMinute);
    return (index + 1) * perMinute / windowsPerMinute - index * perMinute / windowsPerMinute;
  }

  private void roll(long now) {
    long current = now / length;
    for (; window < current && used > 0; window++) {
      used = Math.max(0, used - quota(window));
    }
    window = Math.max(window, current);
  }
}
