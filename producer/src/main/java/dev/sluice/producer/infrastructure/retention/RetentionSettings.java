package dev.sluice.producer.infrastructure.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the retention.
 *
 * @param batchesAfter retention period of a batch after its end, with its tasks and result files.
 *     Default: none, batches are kept.
 * @param deadLettersAfter retention period of a dead letter after it was replayed, discarded or
 *     accepted, with its audit log; 0 to keep all. Default: 90d.
 * @param historyAfter retention period of the counts of an hour, at least 1h. Default: 90d.
 * @param interval between two searches for expired rows. Default: 1m.
 */
@ConfigurationProperties("sluice.retention")
public record RetentionSettings(
    @Nullable Duration batchesAfter,
    @DefaultValue("90d") Duration deadLettersAfter,
    @DefaultValue("90d") Duration historyAfter,
    @DefaultValue("1m") Duration interval) {
  public RetentionSettings {
    if (deadLettersAfter.isNegative()) {
      throw new IllegalArgumentException(
          "sluice.retention.dead-letters-after (%s) is negative. Set a duration, or 0 to keep all dead letters."
              .formatted(deadLettersAfter));
    }
    if (historyAfter.compareTo(Duration.ofHours(1)) < 0) {
      throw new IllegalArgumentException(
          "sluice.retention.history-after (%s) must be at least 1h.".formatted(historyAfter));
    }
  }
}
