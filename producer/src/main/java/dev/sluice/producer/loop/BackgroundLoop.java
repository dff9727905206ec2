package dev.sluice.producer.loop;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs rounds on its own thread. After a round with work the next one starts at once, else after a
 * wake-up or a pause. A round that fails is logged once and retried every second.
 */
public final class BackgroundLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /** Longer than the 15 s for which a round waits for the broker's confirms. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(16);

  private final String name;
  private final Duration pause;
  private final Round round;
  private final Semaphore wakes = new Semaphore(0);
  private volatile boolean running;
  private @Nullable Thread thread;
  private boolean failing;

  /** One round of the work. */
  @FunctionalInterface
  public interface Round {
    /** Does the current work; true if there may be more. */
    boolean go() throws InterruptedException;
  }

  /**
   * @param name of the thread, also for the log
   * @param pause the wait after a round without work
   */
  public BackgroundLoop(String name, Duration pause, Round round) {
    this.name = name;
    this.pause = pause;
    this.round = round;
  }

  /** Starts the first round. */
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Ends the pause, if there is one. */
  public void wake() {
    if (wakes.availablePermits() == 0) {
      wakes.release();
    }
  }

  /** Starts no other round; does not wait for the current one. */
  void end() {
    running = false;
    wake();
  }

  /** Waits up to 16 s for the current round, then interrupts it. */
  public void stop() {
    end();
    Thread toEnd = thread;
    if (toEnd == null) {
      return;
    }
    try {
      if (!toEnd.join(STOP_TIMEOUT)) {
        toEnd.interrupt();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean isRunning() {
    return running;
  }

  private void run() {
    try {
      while (running) {
        Duration wait = runRound();
        if (running && !wait.isZero()) {
          boolean woken = wakes.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
          LOG.trace("{} continues, woken: {}", name, woken);
        }
      }
    } catch (InterruptedException stopped) {
      LOG.debug("{} was interrupted", name);
    }
  }

  private Duration runRound() throws InterruptedException {
    try {
      boolean more = round.go();
      if (failing) {
        LOG.info("{} has recovered", name);
        failing = false;
      }
      return more ? Duration.ZERO : pause;
    } catch (DataAccessException | TransactionException | AmqpException failed) {
      if (!failing && running) {
        LOG.warn("{} failed and retries every second: {}", name, failed.getMessage());
      }
      failing = true;
    } catch (RuntimeException bug) {
      if (!failing) {
        LOG.error("{} failed unexpectedly and retries every second", name, bug);
      }
      failing = true;
    }
    wakes.drainPermits();
    return RETRY_DELAY;
  }
}
