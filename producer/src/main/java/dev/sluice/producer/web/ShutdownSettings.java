package dev.sluice.producer.web;

import dev.sluice.platform.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the graceful shutdown, below {@code sluice.shutdown}.
 *
 * @param delay how long the producer accepts new requests after {@code /actuator/health/readiness}
 *     turns 503, 0-5 min. Default: 0 s.
 */
@ConfigurationProperties("sluice.shutdown")
public record ShutdownSettings(@DefaultValue("0s") Duration delay) {
  private static final Duration MAX_DELAY = Duration.ofMinutes(5);

  public ShutdownSettings {
    if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
      throw new StartupException(
          "sluice.shutdown.delay (%d s) is outside 0s-5m. Set a value in this range."
              .formatted(delay.toSeconds()));
    }
  }
}
