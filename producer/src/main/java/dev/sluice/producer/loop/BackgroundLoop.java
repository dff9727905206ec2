package dev.sluice.producer.loop;

import dev.sluice.producer.database.BackgroundWork;
import dev.sluice.producer.database.TransientFailures;
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
 * Runs rounds on a thread of its own: while a round finds work the next one starts at once, else
 * after a wake-up or a pause. A round that fails is logged once and tried again every second; no
 * failure ends the thread.
 */
public final class BackgroundLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

  /** Longer than a round waits for the broker: an interrupt would cut what it has under way. */
  private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(16);

  private final LoopWatch watch;
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
   * A loop whose failure stops no batch.
   *
   * @param name of the thread, in the log and in metrics
   * @param pause how long to wait after a round that found nothing
   */
  public BackgroundLoop(String name, Duration pause, Round round) {
    this(new LoopWatch(name, /* movesTasks= */ false), pause, round);
  }

  /** A loop without which batches stand still. */
  public static BackgroundLoop movingTasks(String name, Duration pause, Round round) {
    return new BackgroundLoop(new LoopWatch(name, /* movesTasks= */ true), pause, round);
  }

  BackgroundLoop(LoopWatch watch, Duration pause, Round round) {
    this.watch = watch;
    this.pause = pause;
    this.round = round;
  }

  LoopWatch watch() {
    return watch;
  }

  /** Starts the first round. */
  public void start() {
    running = true;
    thread =
        Thread.ofVirtual()
            .name("sluice-" + watch.name())
            .start(() -> BackgroundWork.run(this::run));
  }

  /** Ends the pause, if there is one. */
  public void wake() {
    if (wakes.availablePermits() == 0) {
      wakes.release();
    }
  }

  /** Begins no other round; does not wait for the one that runs. */
  void end() {
    running = false;
    wake();
  }

  /** Lets the round that runs finish, for some seconds, then interrupts it. */
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
    while (running) {
      try {
        Duration rest = oneRound();
        if (running && !rest.isZero()) {
          boolean woken = wakes.tryAcquire(rest.toMillis(), TimeUnit.MILLISECONDS);
          LOG.trace("{} continues, woken: {}", watch.name(), woken);
        }
      } catch (InterruptedException stopped) { // an interrupt alone does not end a loop
        LOG.debug("Loop {} was interrupted", watch.name());
      }
    }
  }

  private Duration oneRound() throws InterruptedException {
    watch.started();
    try {
      boolean more = round.go();
      watch.finished();
      if (failing) {
        LOG.info("Loop {} works again", watch.name());
        failing = false;
      }
      return more ? Duration.ZERO : pause;
    } catch (InterruptedException stopped) {
      watch.finished();
      throw stopped;
    } catch (DataAccessException | TransactionException | AmqpException away) {
      if (!failing && running) {
        LOG.warn(
            "Loop {} waits, and tries again every second: {}", watch.name(), away.getMessage());
      }
      watch.failed(TransientFailures.isUnreachable(away));
    } catch (Throwable bug) { // also an Error: a thread that ends would stop the work silently
      if (!failing) {
        LOG.error("Loop {} failed, and tries again every second", watch.name(), bug);
      }
      watch.failed(/* noConnection= */ false);
    }
    failing = true;
    wakes.drainPermits();
    return AFTER_A_FAILURE;
  }
}
