package dev.sluice.producer.live;

import dev.sluice.platform.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of live calls, below {@code sluice.live}.
 *
 * @param timeout how long a call waits for its reply unless it sets {@code X-Sluice-Timeout}, 1 s
 *     to 1 h. Default: 10 min, the timeout of OpenAI's own clients.
 * @param maxWaitingCalls the maximum number of waiting calls per route, at least 1. Default: 1000.
 * @param maxWaitingBytes the maximum total size of the waiting requests per route. Default: 256 MB.
 * @param maxUnreadBytes the maximum total size of buffered replies that clients have not read yet;
 *     the call that exceeds it is aborted. Default: 64 MB.
 */
@ConfigurationProperties("sluice.live")
public record LiveSettings(
    @DefaultValue("10m") Duration timeout,
    @DefaultValue("1000") int maxWaitingCalls,
    @DefaultValue("256MB") DataSize maxWaitingBytes,
    @DefaultValue("64MB") DataSize maxUnreadBytes) {
  static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  public LiveSettings {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new StartupException(
          "sluice.live.timeout (%d ms) is outside 1s-1h. Set a value in this range."
              .formatted(timeout.toMillis()));
    }
    if (maxWaitingCalls < 1) {
      throw new StartupException(
          "sluice.live.max-waiting-calls (%d) is below 1. Set a value of at least 1."
              .formatted(maxWaitingCalls));
    }
  }
}
