package dev.sluice.producer.shutdown;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The time between "I go" and the last new call. Boot turns the readiness off before the first part
 * is stopped, and closes the door of the web server only in a later phase: this one keeps it open.
 */
@Component
class ShutdownDelay implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownDelay.class);

  private final Duration time;
  private volatile boolean running;

  ShutdownDelay(DrainSettings settings) {
    this.time = settings.notice();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable stopped) {
    LOG.info(
        "Stopping: new calls are taken for {} s more, those in hand are ended", time.toSeconds());
    Thread.ofVirtual()
        .name("drain-notice")
        .start(
            () -> {
              stop();
              stopped.run();
            });
  }

  @Override
  public void stop() {
    try {
      Thread.sleep(time);
    } catch (InterruptedException inAHurry) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
