package dev.sluice.common.check;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time limit of the check that this thread runs. A library cannot be interrupted from outside,
 * so the code that it calls back polls the limit: each character that a pattern reads, and each
 * subschema.
 */
final class CheckDeadline {
  private static final ThreadLocal<@Nullable Long> END_NANOS = new ThreadLocal<>();

  private CheckDeadline() {}

  /** The time limit is exceeded. */
  static final class ExceededException extends RuntimeException {
    ExceededException() {
      super("time limit", null, /* enableSuppression= */ false, /* writableStackTrace= */ false);
    }
  }

  /**
   * Runs a check.
   *
   * @throws ExceededException if it takes longer than the limit
   */
  static <T> T within(Duration limit, Supplier<T> check) {
    END_NANOS.set(System.nanoTime() + limit.toNanos());
    try {
      return check.get();
    } finally {
      END_NANOS.remove();
    }
  }

  /**
   * @throws ExceededException if the limit of the running check is exceeded
   */
  static void poll() {
    Long end = END_NANOS.get();
    if (end != null && System.nanoTime() - end > 0) {
      throw new ExceededException();
    }
  }
}
