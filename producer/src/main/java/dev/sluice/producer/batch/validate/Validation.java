package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.producer.batch.BatchCreated;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.infrastructure.database.TransientFailures;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLifecycle;
import dev.sluice.producer.store.BatchQueries;
import dev.sluice.producer.store.TaskStatistics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Validates new batches in parallel loops, round-robin by project. */
@Component
class Validation extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);
  private static final int BATCHES_PER_PROJECT = 10;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(4);

  /** Two loops per project, so that a small batch does not wait for a large one. */
  private static final int LOOPS_PER_PROJECT = 2;

  private final BatchQueries batches;
  private final BatchLifecycle lifecycle;
  private final InputValidator validator;
  private final ApplicationEventPublisher events;
  private final TaskStatistics statistics;
  private final ValidationRoundRobin roundRobin = new ValidationRoundRobin(LOOPS_PER_PROJECT);

  private volatile boolean idle;

  /** One loop more than a project may use. */
  private final List<BackgroundLoop> loops =
      Stream.of("", "-2", "-3")
          .map(
              number ->
                  BackgroundLoop.movingTasks(LoopNames.VALIDATION + number, INTERVAL, this::round)
                      .backingOff(IDLE_INTERVAL, () -> idle))
          .toList();

  Validation(
      BatchQueries batches,
      BatchLifecycle lifecycle,
      InputValidator validator,
      TaskStatistics statistics,
      ApplicationEventPublisher events) {
    this.batches = batches;
    this.lifecycle = lifecycle;
    this.validator = validator;
    this.statistics = statistics;
    this.events = events;
  }

  /** Validates one batch, so that the next round considers batches that were created meanwhile. */
  private boolean round() {
    List<BatchQueries.Unvalidated> waiting = batches.unvalidated(BATCHES_PER_PROJECT);
    idle = waiting.isEmpty();
    Set<BatchId> tried = new HashSet<>();
    RuntimeException first = null;
    for (Optional<BatchQueries.Unvalidated> next = roundRobin.take(waiting, tried);
        next.isPresent();
        next = roundRobin.take(waiting, tried)) {
      BatchQueries.Unvalidated batch = next.get();
      tried.add(batch.id());
      try {
        if (validate(batch)) {
          return true;
        }
      } catch (RuntimeException failure) { // one batch must not block the others
        first = first == null ? failure : first;
      } finally {
        roundRobin.release(batch);
      }
    }
    if (first != null) {
      throw first;
    }
    return false;
  }

  /** Returns whether the batch was validated, with or without errors. */
  private boolean validate(BatchQueries.Unvalidated unvalidated) {
    Optional<Batch> found = batches.find(unvalidated.project(), unvalidated.id());
    return found.isPresent() && validate(found.get());
  }

  private boolean validate(Batch batch) {
    try {
      InputValidator.Result result = validator.validate(batch);
      if (result == InputValidator.Result.STARTED) {
        events.publishEvent(new BatchStarted(batch.id()));
        statistics.refresh();
      }
      return result != InputValidator.Result.SKIPPED;
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
      fail(
          batch,
          "unstorable_input",
          "The database rejects a value of the input. The log of the producer has the reason.");
      return true;
    } catch (TransactionException unavailable) {
      throw unavailable;
    } catch (RuntimeException bug) { // a retry would always fail
      LOG.atError()
          .addKeyValue("batch", batch.id())
          .setCause(bug)
          .log("Batch {} fails because its validation failed unexpectedly", batch.id());
      fail(
          batch,
          "validation_failed",
          "The validation failed unexpectedly. The log of the producer has the reason.");
      return true;
    }
  }

  /** Fails the batch, unless its tasks are inserted. */
  private void fail(Batch batch, String code, String cause) {
    String message = cause + " See the producer's log for the cause.";
    lifecycle.fail(batch.id(), List.of(new InputError(code, null, message, "input_file_id")));
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
