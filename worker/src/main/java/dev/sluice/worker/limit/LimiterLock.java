package dev.sluice.worker.limit;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The lock that guards the state of a limiter. */
record LimiterLock(ReentrantLock lock) {

  /** Reads the state. */
  <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }
}
