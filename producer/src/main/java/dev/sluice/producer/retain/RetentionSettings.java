package dev.sluice.producer.retain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long batches and settled dead letters are kept.
 *
 * @param batchesAfter how long after its end a batch goes, with its tasks and its output and error
 *     file. Default: none, batches stay.
 * @param deadLettersAfter how long after it was replayed or discarded a dead letter goes, with what
 *     was done with it; 0 for never. Default: 90d.
 * @param interval how often old ones are looked for. Default: 1m.
 */
@ConfigurationProperties("sluice.retention")
record RetentionSettings(
    @Nullable Duration batchesAfter,
    @DefaultValue("90d") Duration deadLettersAfter,
    @DefaultValue("1m") Duration interval) {
  RetentionSettings {
    if (deadLettersAfter.isNegative()) {
      throw new IllegalArgumentException(
          "sluice.retention.dead-letters-after (%s) is below 0.".formatted(deadLettersAfter));
    }
  }
}
