package dev.sluice.producer.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether a loop makes progress. The loop's thread writes; any thread may read.
 *
 * <p>A loop that waits for its next round is not overdue. One whose round runs is, from the last
 * progress on that the round reported; one whose rounds fail, from the first that failed.
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
   * @param name the value of the metrics' label {@code loop}
   * @param movesTasks whether batches stand still when this loop does
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

  /** A round starts on this thread. */
  public void started() {
    CURRENT.set(this);
    if (!failing) {
      since = nanoTime.getAsLong();
    }
    unfinished = true;
  }

  /** The round of the current thread has done a part of its work; no effect outside of a round. */
  public static void progress() {
    LoopWatch current = CURRENT.get();
    if (current != null) {
      current.failing = false;
      current.since = current.nanoTime.getAsLong();
    }
  }

  /** The round is finished. */
  public void finished() {
    CURRENT.remove();
    failing = false;
    unreachable = false;
    unfinished = false;
  }

  /**
   * The round failed, and will be tried again.
   *
   * @param noConnection whether the broker or the database could not be reached
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

  /** How long there has been no progress; zero while the loop waits for its next round. */
  Duration withoutProgress() {
    return unfinished ? Duration.ofNanos(nanoTime.getAsLong() - since) : Duration.ZERO;
  }

  /** Whether the last round failed because the broker or the database could not be reached. */
  boolean isUnreachable() {
    return failing && unreachable;
  }
}
