package dev.sluice.producer.batch;

import dev.sluice.producer.loop.WorkLoop;
import java.time.Duration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Ends the batches whose completion window is over. */
@Component
class Deadlines implements SmartLifecycle {
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
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
