package dev.sluice.producer.infrastructure.loop;

import dev.sluice.common.process.FatalErrors;
import dev.sluice.producer.infrastructure.database.BackgroundWork;
import dev.sluice.producer.infrastructure.database.TransientFailures;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs rounds on its own thread. After a round with work the next one starts immediately, else
 * after a wake-up or a pause. While the loop is idle, the pause doubles up to a maximum. A round
 * that fails is logged once and retried every second; no failure ends the thread, except that a
 * fatal error ends the process.
 */
public final class BackgroundLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /** Longer than the 15 s for which a round waits for the broker's confirms. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(16);

  private final LoopWatch watch;
  private final Duration minPause;
  private final Round round;
  private final Consumer<Throwable> fatalErrors;
  private final Semaphore wakes = new Semaphore(0);
  private BooleanSupplier idle = () -> false;
  private IdleBackoff pauses;
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
   * A loop whose failure blocks no batch.
   *
   * @param name of the thread, also for the log and metrics
   * @param pause the wait after a round without work
   */
  public BackgroundLoop(String name, Duration pause, Round round) {
    this(new LoopWatch(name, /* movesTasks= */ false), pause, round);
  }

  /** A loop without which batches make no progress. */
  public static BackgroundLoop movingTasks(String name, Duration pause, Round round) {
    return new BackgroundLoop(new LoopWatch(name, /* movesTasks= */ true), pause, round);
  }

  private BackgroundLoop(LoopWatch watch, Duration pause, Round round) {
    this(watch, pause, round, FatalErrors::endProcessIfFatal);
  }

  /**
   * @param fatalErrors gets each unexpected failure, and ends the process if it is fatal
   */
  BackgroundLoop(LoopWatch watch, Duration pause, Round round, Consumer<Throwable> fatalErrors) {
    this.watch = watch;
    this.minPause = pause;
    this.pauses = new IdleBackoff(pause, pause);
    this.round = round;
    this.fatalErrors = fatalErrors;
  }

  /**
   * Doubles the pause while the loop is idle, so that an idle producer needs little processor time.
   * A wake-up, or a round that is not idle, ends that.
   *
   * @param maxPause the longest pause
   * @param isIdle whether only a wake-up, or another producer, can bring work soon; called after a
   *     round without work
   */
  public BackgroundLoop backingOff(Duration maxPause, BooleanSupplier isIdle) {
    pauses = new IdleBackoff(minPause, maxPause);
    idle = isIdle;
    return this;
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

  /** Prevents further rounds; does not wait for the current one. */
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
    while (running) {
      try {
        Duration wait = runRound();
        if (running && !wait.isZero()) {
          boolean woken = wakes.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
          if (woken) {
            pauses.reset();
          }
          LOG.trace("{} continues, woken: {}", watch.name(), woken);
        }
      } catch (InterruptedException stopped) { // an interrupt alone does not end a loop
        LOG.debug("Loop {} was interrupted", watch.name());
      }
    }
  }

  private Duration runRound() throws InterruptedException {
    watch.started();
    try {
      boolean more = round.go();
      Duration wait = more ? Duration.ZERO : pauses.next(idle.getAsBoolean());
      watch.finished();
      if (failing) {
        LOG.info("Loop {} has recovered", watch.name());
        failing = false;
      }
      return wait;
    } catch (InterruptedException stopped) {
      watch.finished();
      throw stopped;
    } catch (DataAccessException | TransactionException | AmqpException failed) {
      if (!failing && running) {
        LOG.warn("Loop {} failed; retrying every second: {}", watch.name(), failed.getMessage());
      }
      watch.failed(TransientFailures.isUnreachable(failed));
    } catch (Throwable bug) { // also an Error: if the thread ended, its work would end silently
      fatalErrors.accept(bug);
      if (!failing) {
        LOG.error("Loop {} failed unexpectedly; retrying every second", watch.name(), bug);
      }
      watch.failed(/* noConnection= */ false);
    }
    failing = true;
    wakes.drainPermits();
    return RETRY_DELAY;
  }
}
