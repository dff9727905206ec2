package dev.sluice.system.goodput;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits beside the run for something to become true, and then does something, once. */
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

  /** Also where the moment did not come. */
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
