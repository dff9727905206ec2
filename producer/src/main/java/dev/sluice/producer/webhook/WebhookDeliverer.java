package dev.sluice.producer.webhook;

import dev.sluice.producer.infrastructure.database.BackgroundWork;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Delivers due webhook messages and retries failures with exponential backoff. Delivery is at least
 * once: duplicates have the same {@code webhook-id}. A receiver that does not respond delays only
 * the deliveries of its own project ({@link DeliverySlots}).
 */
@Component
class WebhookDeliverer extends SingleLoopTask {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookDeliverer.class);
  private static final Duration MIN_BACKOFF = Duration.ofSeconds(5);
  private static final Duration MAX_BACKOFF = Duration.ofHours(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  /** Lease in multiples of the timeout; longer than one delivery takes. */
  private static final int LEASE_TIMEOUTS = 4;

  private final Webhooks webhooks;
  private final WebhookSender sender;
  private final WebhookSettings settings;
  private final Clock clock;
  private final DeliverySlots slots = new DeliverySlots();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  WebhookDeliverer(Webhooks webhooks, WebhookSender sender, WebhookSettings settings, Clock clock) {
    super("webhooks", Duration.ofSeconds(1));
    this.webhooks = webhooks;
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
  }

  /** Starts the due deliveries for which there are free slots; does not wait for their end. */
  @Override
  protected boolean round() {
    boolean anyStarted = false;
    for (Webhooks.Due due : slots.roundRobin(webhooks.due())) {
      if (slots.tryAcquire(due)) {
        anyStarted |= start(due);
      }
    }
    return anyStarted;
  }

  private boolean start(Webhooks.Due due) {
    boolean started = false;
    try {
      Optional<Webhooks.Delivery> delivery =
          webhooks.claim(due.webhook(), settings.timeout().multipliedBy(LEASE_TIMEOUTS));
      delivery.ifPresent(claimed -> threads.execute(() -> deliver(due, claimed)));
      started = delivery.isPresent();
      return started;
    } finally {
      if (!started) {
        slots.release(due);
      }
    }
  }

  private void deliver(Webhooks.Due due, Webhooks.Delivery delivery) {
    try {
      BackgroundWork.run(() -> deliver(delivery));
    } catch (DataAccessException unavailable) {
      LOG.warn(
          "Cannot store the result of webhook event {}, so it may be delivered again: {}",
          delivery.eventId(),
          unavailable.getMessage());
    } finally {
      slots.release(due);
      wake();
    }
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
        "Webhook {}: the delivery of event {} failed (attempt {}): {}. {}.",
        delivery.webhook().id(),
        delivery.eventId(),
        delivery.attempts(),
        reason,
        giveUp ? "It is not retried any more" : "Next attempt at " + next);
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

  /** Interrupts the deliveries in flight that do not end soon; they are delivered again. */
  @PreDestroy
  void close() throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      threads.shutdownNow();
    }
  }
}
