package dev.sluice.producer.webhook;

import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Delivers what is due, and again, later each time, what did not arrive. A message may come twice;
 * its {@code webhook-id} is the same then.
 */
@Component
class WebhookDeliverer extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliverer.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /** More than all tries of a bulk together take. */
  private static final int LEASE_TIMEOUTS = 4;

  private final Webhooks webhooks;
  private final WebhookSender sender;
  private final WebhookSettings settings;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("webhooks", Duration.ofSeconds(1), this::round);

  WebhookDeliverer(Webhooks webhooks, WebhookSender sender, WebhookSettings settings, Clock clock) {
    this.webhooks = webhooks;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
  }

  private boolean round() {
    List<Webhooks.Delivery> due = webhooks.take(settings.timeout().multipliedBy(LEASE_TIMEOUTS));
    // All at once: one that does not answer holds up no other.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      due.forEach(delivery -> threads.execute(() -> deliver(delivery)));
    }
    return !due.isEmpty();
  }

  private void deliver(Webhooks.Delivery delivery) {
    sender
        .send(delivery)
        .ifPresentOrElse(
            reason -> notArrived(delivery, reason), () -> webhooks.forget(delivery.id()));
  }

  private void notArrived(Webhooks.Delivery delivery, String reason) {
    Instant next = clock.instant().plus(pause(delivery.attempts()));
    boolean last = next.isAfter(delivery.firstTried().plus(settings.giveUpAfter()));
    LOG.warn(
        "Webhook {} did not take {} (attempt {}): {}. {}",
        delivery.webhook().id(),
        delivery.eventId(),
        delivery.attempts(),
        reason,
        last ? "It is given up." : "It is tried again at " + next);
    if (last) {
      webhooks.forget(delivery.id());
    } else {
      webhooks.tryAgain(delivery.id(), next);
    }
  }

  /** Doubled each time, an hour at most. */
  static Duration pause(int attempts) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
