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
 * Goes round on a thread of its own: while a round finds work it goes on at once, else it waits for
 * a wake or for the pause to pass. A round that fails is logged once and tried again, more slowly.
 */
public final class BackgroundLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

  /** Longer than a round waits for the broker: an interrupt would cut what it has under way. */
  private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(16);

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
    /** Does what there is to do; true where there may be more. */
    boolean go() throws InterruptedException;
  }

  /**
   * @param name of the thread, and in the log
   * @param pause how long to wait after a round that found nothing
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

  /** Begins no other round; does not wait for the one in hand. */
  void end() {
    running = false;
    wake();
  }

  /** Lets the round in hand finish, for some seconds, then interrupts it. */
  public void stop() {
    end();
    Thread toEnd = thread;
    if (toEnd == null) {
      return;
    }
    try {
      if (!toEnd.join(PATIENCE_AT_STOP)) {
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
        Duration rest = oneRound();
        if (running && !rest.isZero()) {
          boolean woken = wakes.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS);
          LOG.trace("{} goes on, woken: {}", name, woken);
        }
      }
    } catch (InterruptedException stopped) {
      LOG.debug("{} was interrupted", name);
    }
  }

  private Duration oneRound() throws InterruptedException {
    try {
      boolean more = round.go();
      if (failing) {
        LOG.info("{} goes on", name);
        failing = false;
      }
      return more ? Duration.ZERO : pause;
    } catch (DataAccessException | TransactionException | AmqpException away) {
      if (!failing && running) {
        LOG.warn("{} waits, and tries again every second: {}", name, away.getMessage());
      }
      failing = true;
    } catch (RuntimeException bug) {
      if (!failing) {
        LOG.error("{} failed, and tries again every second", name, bug);
      }
      failing = true;
    }
    wakes.drainPermits();
    return AFTER_A_FAILURE;
  }
}
