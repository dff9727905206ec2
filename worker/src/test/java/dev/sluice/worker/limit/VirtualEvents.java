package dev.sluice.worker.limit;

import io.github.bucket4j.TimeMeter;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Virtual time without threads: actions run one after the other, in the order of their times. */
final class VirtualEvents implements NanoClock, TimeMeter {
  private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long sequence;

  VirtualEvents(long start) {
    this.now = start;
  }

  /** Schedules an action after a delay in nanoseconds, at least 0. */
  void after(long delay, Runnable action) {
    events.add(new Event(now + delay, sequence++, action));
  }

  /** Advances to the next action and runs it. Returns whether there was one. */
  boolean runNext() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    now = next.at();
    next.action().run();
    return true;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long currentTimeNanos() {
    return now;
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }

  @Override
  public Condition newCondition(Lock lock) {
    throw new UnsupportedOperationException("there are no threads");
  }
}
