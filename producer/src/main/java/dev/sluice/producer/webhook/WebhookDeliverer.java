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
 * Delivers due webhook messages and retries failures with exponential backoff. Delivery is at least
 * once: duplicates have the same {@code webhook-id}.
 */
@Component
class WebhookDeliverer extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliverer.class);
  private static final Duration MIN_BACKOFF = Duration.ofSeconds(5);
  private static final Duration MAX_BACKOFF = Duration.ofHours(1);

  /** Lease in multiples of the timeout; longer than one parallel round of deliveries takes. */
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
    List<Webhooks.Delivery> due = webhooks.claim(settings.timeout().multipliedBy(LEASE_TIMEOUTS));
    // In parallel, so that a slow receiver does not delay the others.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      due.forEach(delivery -> threads.execute(() -> deliver(delivery)));
    }
    return !due.isEmpty();
  }

  private void deliver(Webhooks.Delivery delivery) {
    sender
        .send(delivery)
        .ifPresentOrElse(
            reason -> onFailure(delivery, reason), () -> webhooks.deleteDelivery(delivery.id()));
  }

  private void onFailure(Webhooks.Delivery delivery, String reason) {
    Instant next = clock.instant().plus(backoff(delivery.attempts()));
    boolean giveUp = next.isAfter(delivery.firstTried().plus(settings.giveUpAfter()));
    LOG.warn(
        "Webhook {} did not accept event {} (attempt {}): {}. {}",
        delivery.webhook().id(),
        delivery.eventId(),
        delivery.attempts(),
        reason,
        giveUp ? "Giving up" : "Next attempt at " + next);
    if (giveUp) {
      webhooks.deleteDelivery(delivery.id());
    } else {
      webhooks.retryAt(delivery.id(), next);
    }
  }

  /** Returns 5 s after the first attempt, doubled with each attempt, at most 1 h. */
  static Duration backoff(int attempts) {
    Duration backoff = MIN_BACKOFF.multipliedBy(1L << Math.min(attempts - 1, 20));
    return backoff.compareTo(MAX_BACKOFF) < 0 ? backoff : MAX_BACKOFF;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
