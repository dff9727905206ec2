package dev.sluice.producer.retain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long batches and settled dead letters are kept.
 *
 * @param after how long after its end a batch goes, with its tasks and its output and error file.
 *     Default: none, batches stay.
 * @param lettersAfter how long after it was replayed or discarded a dead letter goes, with what was
 *     done with it; 0 for never. Default: 90d.
 * @param every how often old ones are looked for. Default: 1m.
 */
@ConfigurationProperties("sluice.retention")
record RetentionSettings(
    @Nullable Duration after,
    @DefaultValue("90d") Duration lettersAfter,
    @DefaultValue("1m") Duration every) {
  RetentionSettings {
    if (lettersAfter.isNegative()) {
      throw new IllegalArgumentException(
          "sluice.retention.letters-after (%s) is below 0.".formatted(lettersAfter));
    }
  }
}
