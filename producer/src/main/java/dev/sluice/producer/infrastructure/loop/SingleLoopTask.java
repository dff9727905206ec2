package dev.sluice.producer.infrastructure.loop;

import java.time.Duration;
import java.util.List;

/** A component with one background loop, whose failure blocks no batch. */
public abstract class SingleLoopTask extends BackgroundTask {
  private final BackgroundLoop loop;

  /**
   * @param name of the loop's thread, also for the log and metrics
   * @param pause the wait after a round without work
   */
  @SuppressWarnings("this-escape") // the loop starts with the application
  protected SingleLoopTask(String name, Duration pause) {
    this.loop = new BackgroundLoop(name, pause, this::round);
  }

  /**
   * A loop that backs off while {@link #isIdle}.
   *
   * @param maxPause the longest pause while it is idle
   */
  @SuppressWarnings("this-escape") // the loop starts with the application
  protected SingleLoopTask(String name, Duration pause, Duration maxPause) {
    this.loop = new BackgroundLoop(name, pause, this::round).backingOff(maxPause, this::isIdle);
  }

  /** Whether the last round found nothing that needs another round soon. */
  protected boolean isIdle() {
    return false;
  }

  /** Does the current work; true if there may be more. */
  protected abstract boolean round();

  @Override
  protected final List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
