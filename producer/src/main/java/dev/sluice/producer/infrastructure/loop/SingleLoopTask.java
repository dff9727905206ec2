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

  /** Does the current work; true if there may be more. */
  protected abstract boolean round();

  @Override
  protected final List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
