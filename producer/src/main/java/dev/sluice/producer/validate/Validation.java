package dev.sluice.producer.validate;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchCreated;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.InputError;
import dev.sluice.producer.database.TransientFailures;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopNames;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Validates new batches, two at a time, oldest first. */
@Component
class Validation extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);
  private static final int BATCHES_PER_ROUND = 10;

  private final Batches batches;
  private final InputValidator validator;
  private final ApplicationEventPublisher events;
  private final TaskStatistics statistics;

  /** Two loops, so that a small batch does not wait for a large one. */
  private final List<BackgroundLoop> loops =
      List.of(
          BackgroundLoop.movingTasks(LoopNames.VALIDATION, Duration.ofSeconds(1), this::round),
          BackgroundLoop.movingTasks(
              LoopNames.VALIDATION + "-2", Duration.ofSeconds(1), this::round));

  Validation(
      Batches batches,
      InputValidator validator,
      TaskStatistics statistics,
      ApplicationEventPublisher events) {
    this.batches = batches;
    this.validator = validator;
    this.statistics = statistics;
    this.events = events;
  }

  private boolean round() {
    List<Batch> waiting = batches.inStatus(BatchStatus.VALIDATING, BATCHES_PER_ROUND);
    boolean anyStarted = false;
    RuntimeException first = null;
    for (Batch batch : waiting) {
      try {
        anyStarted |= validate(batch);
      } catch (RuntimeException failure) { // one batch must not block the others
        first = first == null ? failure : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return anyStarted;
  }

  private boolean validate(Batch batch) {
    try {
      boolean started = validator.validate(batch);
      if (started) {
        events.publishEvent(new BatchStarted(batch.id()));
        statistics.refresh();
      }
      return started;
    } catch (DataAccessException unstorable) {
      if (TransientFailures.isTransient(unstorable)) {
        throw unstorable;
      }
      LOG.atError()
          .addKeyValue("batch", batch.id())
          .log(
              "Batch {} fails because PostgreSQL rejects its input: {}",
              batch.id(),
              unstorable.getMostSpecificCause().getMessage());
      fail(batch, "unstorable_input", "The database rejects the input.");
      return false;
    } catch (TransactionException unavailable) {
      throw unavailable;
    } catch (RuntimeException bug) { // a retry would fail for ever
      LOG.atError()
          .addKeyValue("batch", batch.id())
          .setCause(bug)
          .log("Batch {} fails because its validation failed unexpectedly", batch.id());
      fail(batch, "validation_failed", "The validation failed unexpectedly.");
      return false;
    }
  }

  /** Fails the batch, unless its tasks are inserted. */
  private void fail(Batch batch, String code, String cause) {
    String message = cause + " See the producer's log for the cause.";
    batches.fail(batch.id(), List.of(new InputError(code, null, message, "input_file_id")));
  }

  @EventListener
  void created(BatchCreated batch) {
    wake();
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return loops;
  }
}
