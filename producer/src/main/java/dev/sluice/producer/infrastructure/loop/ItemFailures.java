package dev.sluice.producer.infrastructure.loop;

import dev.sluice.producer.infrastructure.database.TransientFailures;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Isolates the items of a round: an item that fails is logged and skipped for a while, and the
 * round continues with the next one. For the thread of one loop.
 *
 * <p>After a transient failure, such as a locked row, an item pauses for 1 s. After any other one
 * its pause doubles each time, from 1 s to 1 min. If the broker or the database is unreachable, the
 * round fails as a whole.
 *
 * @param <K> identifies an item
 */
public final class ItemFailures<K> {
  private static final Logger LOG = LoggerFactory.getLogger(ItemFailures.class);
  private static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();
  private static final long MAX_PAUSE = Duration.ofMinutes(1).toNanos();

  private final String work;
  private final LongSupplier nanoTime;
  private final Map<K, Failed> failed = new HashMap<>();

  /**
   * @param work what the round does with an item, for the log, such as {@code finish batch}
   */
  public ItemFailures(String work) {
    this(work, System::nanoTime);
  }

  ItemFailures(String work, LongSupplier nanoTime) {
    this.work = work;
    this.nanoTime = nanoTime;
  }

  private record Failed(long retryAt, long pause) {}

  /** The work on one item. */
  @FunctionalInterface
  public interface Work {
    /** Does the work; true if there may be more for this item. */
    boolean run() throws InterruptedException;
  }

  /** Forgets the failures of all items except for these. */
  public void retain(Collection<K> items) {
    failed.keySet().retainAll(Set.copyOf(items));
  }

  /** Does the work, unless the item pauses; true if there may be more for this item immediately. */
  public boolean isolate(K item, Work action) throws InterruptedException {
    Failed before = failed.get(item);
    if (before != null && nanoTime.getAsLong() - before.retryAt() < 0) {
      return false;
    }
    try {
      boolean more = action.run();
      failed.remove(item);
      return more;
    } catch (RuntimeException failure) {
      if (TransientFailures.isUnreachable(failure)) {
        throw failure;
      }
      LoopWatch.countFailure();
      boolean isTransient = TransientFailures.isTransient(failure);
      if (isTransient && before == null) {
        LOG.warn("Cannot {} {}; retrying every second: {}", work, item, failure.getMessage());
      }
      long pause =
          before == null || isTransient ? FIRST_PAUSE : Math.min(2 * before.pause(), MAX_PAUSE);
      if (!isTransient) {
        LOG.error("Cannot {} {}; the next attempt is in {} s", work, item, seconds(pause), failure);
      }
      failed.put(item, new Failed(nanoTime.getAsLong() + pause, pause));
      return false;
    }
  }

  private static long seconds(long nanos) {
    return Duration.ofNanos(nanos).toSeconds();
  }
}
