package dev.sluice.worker.fleet;

import org.springframework.amqp.rabbit.listener.ConsumeOkEvent;
import org.springframework.context.ApplicationListener;

/** Notifies the {@link FleetClock} when the broker confirms the subscription of this worker. */
public final class FleetSubscriptionListener implements ApplicationListener<ConsumeOkEvent> {
  private final String queue;
  private final FleetClock clock;

  /**
   * @param queue the queue of the fleet's messages
   */
  public FleetSubscriptionListener(String queue, FleetClock clock) {
    this.queue = queue;
    this.clock = clock;
  }

  @Override
  public void onApplicationEvent(ConsumeOkEvent event) {
    if (event.getQueue().equals(queue)) {
      clock.onSubscribed();
    }
  }
}
