package dev.sluice.producer.validate;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchCreated;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.batch.InputError;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopNames;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Validates the batches that wait for it, two at a time, the oldest first. */
@Component
class Validation extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Validation.class);
  private static final int A_FEW = 10;

  private final Batches batches;
  private final InputValidator validator;
  private final ApplicationEventPublisher events;
  private final TaskStatistics statistics;

  /** Two, so that a small batch need not wait until a large one is read. */
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
    List<Batch> waiting = batches.inStatus(BatchStatus.VALIDATING, A_FEW);
    boolean any = false;
    RuntimeException first = null;
    for (Batch batch : waiting) {
      try {
        any |= validate(batch);
      } catch (RuntimeException failure) { // it must not keep the batches behind it waiting
        first = first == null ? failure : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return any;
  }

  private boolean validate(Batch batch) {
    try {
      boolean begun = validator.validate(batch);
      if (begun) {
        events.publishEvent(new BatchStarted(batch.id()));
        statistics.refresh();
      }
      return begun;
    } catch (DataIntegrityViolationException unfit) {
      LOG.atError()
          .addKeyValue("batch", batch.id())
          .log(
              "Batch {} has an input that cannot be stored: {}",
              batch.id(),
              unfit.getMostSpecificCause().getMessage());
      String message = "The input holds something that the database refuses; the log says what.";
      batches.fail(
          batch.id(), List.of(new InputError("unstorable_input", null, message, "input_file_id")));
      return false;
    }
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
