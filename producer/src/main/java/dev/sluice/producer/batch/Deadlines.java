package dev.sluice.producer.batch;

import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
import java.time.Duration;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Ends the batches whose completion window is over. */
@Component
class Deadlines extends Looping {
  private final Batches batches;
  private final ApplicationEventPublisher events;
  private final WorkLoop loop =
      new WorkLoop("sluice-deadlines", Duration.ofSeconds(1), this::round);

  Deadlines(Batches batches, ApplicationEventPublisher events) {
    this.batches = batches;
    this.events = events;
  }

  private boolean round() {
    for (BatchId id : batches.overdue()) {
      if (batches.expire(id)) {
        events.publishEvent(new BatchEnded(id));
      }
    }
    return false;
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
