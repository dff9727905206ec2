package dev.sluice.producer.validate;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchCreated;
import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
import java.time.Duration;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Validates the batches that wait for it, the oldest first. */
@Component
class Validation extends Looping {
  private static final int A_FEW = 10;

  private final Batches batches;
  private final InputValidator validator;
  private final ApplicationEventPublisher events;
  private final WorkLoop loop =
      new WorkLoop("sluice-validation", Duration.ofSeconds(1), this::round);

  Validation(Batches batches, InputValidator validator, ApplicationEventPublisher events) {
    this.batches = batches;
    this.validator = validator;
    this.events = events;
  }

  private boolean round() {
    List<Batch> waiting = batches.inStatus(BatchStatus.VALIDATING, A_FEW);
    boolean any = false;
    for (Batch batch : waiting) {
      if (validator.validate(batch)) {
        events.publishEvent(new BatchStarted(batch.id()));
        any = true;
      }
    }
    return any;
  }

  @EventListener
  void created(BatchCreated batch) {
    wake();
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
