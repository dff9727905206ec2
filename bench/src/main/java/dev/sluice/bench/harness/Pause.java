package dev.sluice.bench.harness;

import java.time.Duration;

/** Lets time pass between two steps of a measurement. */
public final class Pause {
  private Pause() {}

  /** Sleeps. A time that is not positive is no pause. */
  public static void of(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }
}
