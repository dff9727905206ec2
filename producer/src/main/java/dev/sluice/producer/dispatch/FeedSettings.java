package dev.sluice.producer.dispatch;

import dev.sluice.common.startup.StartupException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the feed.
 *
 * @param lostAfter how long a submitted task must be in no queue and at no worker before it is
 *     published again; at least 1 s. Default: 5 minutes. The broker may hide a delayed task for 3
 *     minutes after a restart: it is in no queue count.
 */
@ConfigurationProperties("sluice.feed")
record FeedSettings(@DefaultValue("5m") Duration lostAfter) {
  private static final Duration MIN_LOST_AFTER = Duration.ofSeconds(1);
  private static final Duration SETTLEMENT_TIME = Duration.ofMinutes(1);

  FeedSettings {
    if (lostAfter.compareTo(MIN_LOST_AFTER) < 0) {
      throw new StartupException(
          "sluice.feed.lost-after (%s) is less than 1 second. Set a duration, such as 5m."
              .formatted(lostAfter));
    }
  }

  /**
   * How long a task that has left its queue may be without an outcome: the longest call, and one
   * minute for the settlement, or {@code lostAfter} if that is less.
   *
   * @param callTimeout the maximum duration of a call
   */
  Duration outcomeTime(Duration callTimeout) {
    return callTimeout.plus(lostAfter.compareTo(SETTLEMENT_TIME) < 0 ? lostAfter : SETTLEMENT_TIME);
  }
}
