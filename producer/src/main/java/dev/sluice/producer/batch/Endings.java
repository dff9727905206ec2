package dev.sluice.producer.batch;

import dev.sluice.producer.loop.Looping;
import dev.sluice.producer.loop.WorkLoop;
import java.time.Duration;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Ends what still waits of batches that were cancelled, or whose completion window is over. */
@Component
class Endings extends Looping {
  private final Batches batches;
  private final ApplicationEventPublisher events;
  private final WorkLoop loop = new WorkLoop("sluice-endings", Duration.ofSeconds(1), this::round);

  Endings(Batches batches, ApplicationEventPublisher events) {
    this.batches = batches;
    this.events = events;
  }

  private boolean round() {
    boolean any = false;
    for (Batches.Ending ending : batches.endings()) {
      Batches.Ended ended = batches.end(ending);
      any |= ended.tasks() > 0;
      if (ended.last()) {
        events.publishEvent(new BatchEnded(ending.id()));
      }
    }
    return any;
  }

  @Override
  protected List<WorkLoop> loops() {
    return List.of(loop);
  }
}
