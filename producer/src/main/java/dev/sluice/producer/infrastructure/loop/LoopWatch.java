package dev.sluice.producer.infrastructure.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Measures how long a loop has made no progress. The thread of the loop writes; any thread may
 * read.
 *
 * <p>The time is zero while the loop waits for its next round. In a round it starts at the last
 * reported progress. While rounds fail it starts at the first failed round.
 */
public final class LoopWatch {
  private static final ThreadLocal<LoopWatch> CURRENT = new ThreadLocal<>();

  private final String name;
  private final boolean movesTasks;
  private final LongSupplier nanoTime;
  private final AtomicLong failures = new AtomicLong();
  private volatile long since;
  private volatile boolean unfinished;
  private volatile boolean failing;
  private volatile boolean unreachable;

  /**
   * @param name the value of the metric label {@code loop}
   * @param movesTasks whether batches make no progress without this loop
   */
  public LoopWatch(String name, boolean movesTasks) {
    this(name, movesTasks, System::nanoTime);
  }

  LoopWatch(String name, boolean movesTasks, LongSupplier nanoTime) {
    this.name = name;
    this.movesTasks = movesTasks;
    this.nanoTime = nanoTime;
  }

  public String name() {
    return name;
  }

  boolean movesTasks() {
    return movesTasks;
  }

  /** Records that a round starts on this thread. */
  public void started() {
    CURRENT.set(this);
    if (!failing) {
      since = nanoTime.getAsLong();
    }
    unfinished = true;
  }

  /** Records progress within the round of the current thread; no effect outside of a round. */
  public static void progress() {
    LoopWatch current = CURRENT.get();
    if (current != null) {
      current.failing = false;
      current.since = current.nanoTime.getAsLong();
    }
  }

  /** Counts a failure of one item, after which the round of the current thread continues. */
  static void countFailure() {
    LoopWatch current = CURRENT.get();
    if (current != null) {
      current.failures.incrementAndGet();
    }
  }

  /** Records that the round is finished. */
  public void finished() {
    CURRENT.remove();
    failing = false;
    unreachable = false;
    unfinished = false;
  }

  /**
   * Records that the round failed and will be retried.
   *
   * @param noConnection whether the broker or the database is unreachable
   */
  public void failed(boolean noConnection) {
    CURRENT.remove();
    failures.incrementAndGet();
    failing = true;
    unreachable = noConnection;
  }

  long failures() {
    return failures.get();
  }

  /** The time without progress; zero while the loop waits for its next round. */
  Duration withoutProgress() {
    return unfinished ? Duration.ofNanos(nanoTime.getAsLong() - since) : Duration.ZERO;
  }

  /** Whether the last round failed because the broker or the database is unreachable. */
  boolean isUnreachable() {
    return failing && unreachable;
  }
}
