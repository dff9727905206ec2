package dev.sluice.bench.goodput;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits in the background for a condition and then runs an action once. */
final class TriggeredAction implements AutoCloseable {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final Thread thread;

  private TriggeredAction(Thread thread) {
    this.thread = thread;
  }

  static TriggeredAction when(BooleanSupplier condition, Runnable action) {
    return new TriggeredAction(
        Thread.ofVirtual().name("moment").start(() -> await(condition, action)));
  }

  private static void await(BooleanSupplier condition, Runnable action) {
    try {
      while (!condition.getAsBoolean()) {
        Thread.sleep(POLL_INTERVAL);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    }
    action.run();
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
