package dev.sluice.common.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a finished task's provider calls.
 *
 * @param attempts number of attempts, from 1; 0 if no call was made
 * @param throttles number of calls that were rate limited
 * @param statusCode HTTP status of the last call; null without a response
 * @param requestId the provider's id of the last call; null if it sent none
 * @param usage tokens as counted by the provider
 * @param latency duration of the last call
 * @param worker name of the worker that made the last call
 * @param history the last calls of this run, including the last one
 */
public record CallStats(
    int attempts,
    int throttles,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    TokenUsage usage,
    Duration latency,
    String worker,
    CallHistory history) {

  /** Statistics of calls without a prompt cache, in the standard tier. */
  public CallStats(
      int attempts,
      int throttles,
      @Nullable Integer statusCode,
      @Nullable String requestId,
      long promptTokens,
      long completionTokens,
      Duration latency,
      String worker,
      CallHistory history) {
    this(
        attempts,
        throttles,
        statusCode,
        requestId,
        new TokenUsage(promptTokens, completionTokens),
        latency,
        worker,
        history);
  }

  /** Prompt tokens as counted by the provider; 0 if unknown. */
  public long promptTokens() {
    return usage.promptTokens();
  }

  /** Completion tokens as counted by the provider; 0 if unknown. */
  public long completionTokens() {
    return usage.completionTokens();
  }

  /** Statistics of a task that finished without a call. */
  public static CallStats none(int attempts, int throttles, String worker) {
    return none(attempts, throttles, worker, CallHistory.NONE);
  }

  /** Statistics of a task that finished without a further call. */
  public static CallStats none(int attempts, int throttles, String worker, CallHistory history) {
    return new CallStats(attempts, throttles, null, null, 0, 0, Duration.ZERO, worker, history);
  }
}
