package dev.sluice.platform.check;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time limit of the checks of one reply, which run one after another. A library cannot be
 * interrupted from outside, so the code that it calls back polls the limit: each character that a
 * pattern reads, and each subschema.
 */
public final class CheckDeadline {
  /** A check takes a few milliseconds at most, unless its schema is malicious. */
  static final Duration LIMIT = Duration.ofSeconds(2);

  private static final ThreadLocal<@Nullable CheckDeadline> RUNNING = new ThreadLocal<>();

  private final long endNanos;

  private CheckDeadline(long endNanos) {
    this.endNanos = endNanos;
  }

  /** The time limit is exceeded. */
  static final class ExceededException extends RuntimeException {
    ExceededException() {
      super("time limit", null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }

  /** A deadline in two seconds. */
  public static CheckDeadline start() {
    return at(System.nanoTime() + LIMIT.toNanos());
  }

  /** A deadline at a time of {@link System#nanoTime}. */
  static CheckDeadline at(long nanos) {
    return new CheckDeadline(nanos);
  }

  /**
   * Runs a check.
   *
   * @throws ExceededException if it runs at the deadline
   */
  <T> T run(Supplier<T> check) {
    RUNNING.set(this);
    try {
      poll();
      return check.get();
    } finally {
      RUNNING.remove();
    }
  }

  /**
   * @throws ExceededException if the deadline of the running check has passed
   */
  static void poll() {
    CheckDeadline running = RUNNING.get();
    if (running != null && System.nanoTime() - running.endNanos > 0) {
      throw new ExceededException();
    }
  }
}
