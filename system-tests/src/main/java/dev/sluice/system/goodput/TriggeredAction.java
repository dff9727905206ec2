package dev.sluice.system.goodput;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits in the background for a condition and then runs an action once. */
final class TriggeredAction implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Thread thread;

  private TriggeredAction(Thread thread) {
    this.thread = thread;
  }

  static TriggeredAction when(BooleanSupplier come, Runnable what) {
    return new TriggeredAction(Thread.ofVirtual().name("moment").start(() -> await(come, what)));
  }

  private static void await(BooleanSupplier come, Runnable what) {
    try {
      while (!come.getAsBoolean()) {
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    }
    what.run();
  }

  /** Also ends the wait if the condition was never met. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
