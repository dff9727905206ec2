package dev.sluice.worker.consume;

import java.util.List;

/** Does several things at once, and waits for all of them. */
final class Together {
  private Together() {}

  /** Returns when all are done, or at once when the thread is interrupted: its flag stays on. */
  static void run(List<Runnable> things) {
    List<Thread> threads = things.stream().map(Thread::startVirtualThread).toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
