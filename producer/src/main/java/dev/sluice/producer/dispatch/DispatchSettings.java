package dev.sluice.producer.dispatch;

import dev.sluice.platform.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the dispatchers.
 *
 * @param lostAfter how long a submitted task must be in no queue and at no worker before it is
 *     published again; at least 1 s. Default: 5 minutes. The broker may hide a delayed task for 3
 *     minutes after a restart: it is in no queue count.
 */
@ConfigurationProperties("sluice.dispatch")
record DispatchSettings(@DefaultValue("5m") Duration lostAfter) {
  private static final Duration MIN_LOST_AFTER = Duration.ofSeconds(1);
  private static final Duration MAX_OUTCOME_TIME = Duration.ofMinutes(1);
  private static final Duration MAX_CHECK_INTERVAL = Duration.ofSeconds(5);

  DispatchSettings {
    if (lostAfter.compareTo(MIN_LOST_AFTER) < 0) {
      throw new StartupException(
          "sluice.dispatch.lost-after (%s) is less than 1 second. Set a duration, such as 5m."
              .formatted(lostAfter));
    }
  }

  /**
   * How long an unconfirmed task that has left its queue may be without an outcome: one minute, or
   * {@code lostAfter} if that is less. A longer call is repeated; a lost task does not wait longer.
   */
  Duration outcomeTime() {
    return atMostLostAfter(MAX_OUTCOME_TIME);
  }

  /** How often tasks are checked: every 5 s, or every {@code lostAfter} if that is less. */
  Duration checkInterval() {
    return atMostLostAfter(MAX_CHECK_INTERVAL);
  }

  private Duration atMostLostAfter(Duration time) {
    return lostAfter.compareTo(time) < 0 ? lostAfter : time;
  }
}
