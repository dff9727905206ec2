package dev.sluice.producer.live;

import dev.sluice.common.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of live calls, below {@code sluice.live}.
 *
 * @param timeout how long a caller waits who does not say, at most an hour. Default: 10 min, as
 *     long as OpenAI's own clients wait.
 * @param waiting how many callers of a route may wait at once, at least 1. Default: 1000.
 * @param waitingBytes how many bytes their requests may have together. Default: 256 MB.
 * @param unreadBytes how many bytes of replies may lie here that their callers have not read yet;
 *     beyond, the slowest is cut off. Default: 64 MB.
 */
@ConfigurationProperties("sluice.live")
public record LiveSettings(
    @DefaultValue("10m") Duration timeout,
    @DefaultValue("1000") int waiting,
    @DefaultValue("256MB") DataSize waitingBytes,
    @DefaultValue("64MB") DataSize unreadBytes) {
  static final Duration LONGEST = Duration.ofHours(1);

  public LiveSettings {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new StartupException(
          "sluice.live.timeout (%d ms) is not within 1s-1h. Set another one."
              .formatted(timeout.toMillis()));
    }
    if (waiting < 1) {
      throw new StartupException(
          "sluice.live.waiting (%d) is below 1. Set how many callers may wait.".formatted(waiting));
    }
  }
}
