package dev.sluice.producer.retain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long batches are kept.
 *
 * @param after how long after its end a batch goes, with its tasks and its output and error file.
 *     Default: none, batches stay.
 * @param every how often old ones are looked for. Default: 1m.
 */
@ConfigurationProperties("sluice.retention")
record RetentionSettings(@Nullable Duration after, @DefaultValue("1m") Duration every) {}
