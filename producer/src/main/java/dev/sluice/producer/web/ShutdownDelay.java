package dev.sluice.producer.web;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Keeps accepting requests for {@code sluice.shutdown.delay} after readiness turns 503, until load
 * balancers have noticed. Boot changes the readiness before it stops any bean, and stops the web
 * server in a later phase than this bean.
 */
@Component
class ShutdownDelay implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownDelay.class);

  private final Duration delay;
  private volatile boolean running;

  ShutdownDelay(ShutdownSettings settings) {
    this.delay = settings.delay();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable stopped) {
    LOG.info(
        "Shutting down: accepting new requests for {} s, then completing the requests in flight",
        delay.toSeconds());
    Thread.ofVirtual()
        .name("shutdown-delay")
        .start(
            () -> {
              stop();
              stopped.run();
            });
  }

  @Override
  public void stop() {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
