package dev.sluice.simulator.limit;

/**
 * A share of the limit anew in each window of the clock. What is larger than a share goes into an
 * untouched window and is paid off in the next ones.
 */
final class FixedWindowAllowance implements Allowance {
  private final boolean seconds;
  private final long perMinute;
  private final long length;
  private final long perMinuteWindows;
  private long window;
  private long used;

  private FixedWindowAllowance(boolean seconds, long perMinute, long perMinuteWindows, long now) {
    this.seconds = seconds;
    this.perMinute = perMinute;
    this.perMinuteWindows = perMinuteWindows;
    this.length = MICROS_PER_MINUTE / perMinuteWindows;
    this.window = now / length;
  }

  static FixedWindowAllowance minutes(long perMinute, long now) {
    return new FixedWindowAllowance(false, perMinute, 1, now);
  }

  /** Of one second, or as many as it takes for a share of at least 1. */
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
    long inWindow = window;
    long stillUsed = used;
    while (!fits(amount, stillUsed)) {
      stillUsed = Math.max(0, stillUsed - share(inWindow));
      inWindow++;
    }
    return inWindow == window ? 0 : inWindow * length - now;
  }

  /** Never true now and false later, so that the waits of two limits can be taken together. */
  private boolean fits(long amount, long spent) {
    return amount > largestShare() ? spent == 0 : spent + amount <= largestShare();
  }

  @Override
  public void take(long amount, long now) {
    roll(now);
    used += amount;
  }

  @Override
  public void takeForRefused(long now) {
    roll(now);
    used = Math.max(used, Math.min(used + 1, largestShare()));
  }

  @Override
  public long left(long now) {
    roll(now);
    return Math.max(0, largestShare() - used);
  }

  @Override
  public long used(long now) {
    roll(now);
    return used;
  }

  @Override
  public long untilFull(long now) {
    roll(now);
    long inWindow = window;
    for (long spent = used; spent > 0; inWindow++) {
      spent -= share(inWindow);
    }
    return inWindow == window ? 0 : inWindow * length - now;
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

  private long largestShare() {
    return Math.ceilDiv(perMinute, perMinuteWindows);
  }

  /** The shares of a minute add up to the limit exactly. */
  private long share(long ofWindow) {
    long nth = Math.floorMod(ofWindow, perMinuteWindows);
    return (nth + 1) * perMinute / perMinuteWindows - nth * perMinute / perMinuteWindows;
  }

  private void roll(long now) {
    long current = now / length;
    for (; window < current && used > 0; window++) {
      used = Math.max(0, used - share(window));
    }
    window = Math.max(window, current);
  }
}
