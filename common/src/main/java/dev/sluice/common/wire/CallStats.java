package dev.sluice.common.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a task's calls when it ends.
 *
 * @param attempts how many attempts it took, from 1; 0 where none was made
 * @param throttles how often it met a rate limit
 * @param statusCode the last HTTP status; null where no reply came
 * @param requestId the provider's id of the last call, if it gave one
 * @param promptTokens tokens of the prompt as the provider counted them; 0 where it did not
 * @param completionTokens tokens of the reply as the provider counted them; 0 where it did not
 * @param latency how long the last call took
 * @param worker the name of the worker that made it
 * @param history the last calls of this run, that one among them
 */
public record CallStats(
    int attempts,
    int throttles,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    long promptTokens,
    long completionTokens,
    Duration latency,
    String worker,
    AttemptHistory history) {

  /** A task that ended without a call. */
  public static CallStats none(int attempts, int throttles, String worker) {
    return none(attempts, throttles, worker, AttemptHistory.NONE);
  }

  /** A task that ended without a call, after others. */
  public static CallStats none(int attempts, int throttles, String worker, AttemptHistory history) {
    return new CallStats(attempts, throttles, null, null, 0, 0, Duration.ZERO, worker, history);
  }
}
