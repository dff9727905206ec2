package dev.sluice.worker.limit;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** A monotonic clock, and conditions whose timed waits use it. */
interface NanoClock {
  /** The clock of the JVM. */
  NanoClock SYSTEM =
      new NanoClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public Condition newCondition(Lock lock) {
          return lock.newCondition();
        }
      };

  /** Returns the time in nanoseconds. Only differences have a meaning. */
  long nanos();

  /** Returns a new condition of the lock whose timed waits use this clock. */
  Condition newCondition(Lock lock);
}
