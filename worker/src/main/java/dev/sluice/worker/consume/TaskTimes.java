package dev.sluice.worker.consume;

import java.time.Duration;

/**
 * The times that a task may spend in a worker. The broker requires an acknowledgement within its
 * {@code consumer_timeout} of 30 minutes; else it closes the channel and redelivers the task.
 *
 * <pre>
 *   wait for memory            30 s     {@link TaskMemoryLimiter#WAIT_TIMEOUT}
 *   wait as a copy              5 min   {@link TaskDeduplicator#WAIT_TIMEOUT}
 *   wait for a permit         ≤ 10 min  what the others leave, see {@link #permitTimeout}
 *   call                      ≤ 16 min  provider.call-timeout; 15 min at the flex tier
 *   publish the settlement     30 s     {@link #SETTLEMENT}
 *   sum                       ≤ 30 min
 * </pre>
 *
 * <p>So a task waits for a permit up to 10 minutes with a call timeout of up to 14 minutes, up to 9
 * minutes with 15, and up to 8 minutes with 16.
 */
final class TaskTimes {
  /** RabbitMQ's default. */
  static final Duration CONSUMER_TIMEOUT = Duration.ofMinutes(30);

  static final Duration SETTLEMENT = Duration.ofSeconds(30);
  private static final Duration MAX_PERMIT_TIMEOUT = Duration.ofMinutes(10);

  private TaskTimes() {}

  /**
   * The maximum time that a task waits for its permit.
   *
   * @param callTimeout the maximum duration of its call
   */
  static Duration permitTimeout(Duration callTimeout) {
    Duration remaining =
        CONSUMER_TIMEOUT
            .minus(TaskMemoryLimiter.WAIT_TIMEOUT)
            .minus(TaskDeduplicator.WAIT_TIMEOUT)
            .minus(callTimeout)
            .minus(SETTLEMENT);
    return remaining.compareTo(MAX_PERMIT_TIMEOUT) < 0 ? remaining : MAX_PERMIT_TIMEOUT;
  }
}
