package dev.sluice.producer.webhook;

import com.fasterxml.uuid.NoArgGenerator;
import dev.sluice.producer.store.BatchFinished;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates the webhook messages of a finished batch, in the transaction that finishes it, so that
 * both are committed or neither.
 */
@Component
class WebhookEventRecorder {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Webhooks webhooks;
  private final NoArgGenerator ids;
  private final Clock clock;

  WebhookEventRecorder(Webhooks webhooks, NoArgGenerator ids, Clock clock) {
    this.webhooks = webhooks;
    this.ids = ids;
    this.clock = clock;
  }

  @EventListener
  void onBatchFinished(BatchFinished batch) {
    String eventId = "evt_" + ids.generate().toString().replace("-", "");
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("id", eventId);
    event.put("object", "event");
    event.put("created_at", clock.instant().getEpochSecond());
    event.put("type", "batch." + batch.status().wireName());
    event.put("data", Map.of("id", batch.batch().toString()));
    webhooks.createDeliveries(batch.project(), eventId, JSON.writeValueAsString(event));
  }
}
