package dev.sluice.producer.shutdown;

import dev.sluice.common.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a producer that is told to stop takes its leave, below {@code sluice.shutdown}.
 *
 * @param delay how long it still takes new calls, while {@code /actuator/health/readiness} says
 *     already that it goes; 0-5 min. Default: 0 s.
 */
@ConfigurationProperties("sluice.shutdown")
public record DrainSettings(@DefaultValue("0s") Duration delay) {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  public DrainSettings {
    if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
      throw new StartupException(
          "sluice.shutdown.delay (%d s) is not within 0s-5m. Set another one."
              .formatted(delay.toSeconds()));
    }
  }
}
