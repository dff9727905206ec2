package dev.sluice.producer.batch;

/**
 * The counts that ended tasks add to their batch.
 *
 * @param cutOff completed tasks whose answer is cut off
 * @param reAsks times that the model was asked again because an answer did not fit
 * @param attempts provider calls of these tasks
 * @param throttles rate limit errors of these tasks
 */
public record OutcomeCounts(
    long completed,
    long failed,
    long expired,
    long cancelled,
    long cutOff,
    long reAsks,
    long attempts,
    long throttles,
    long promptTokens,
    long completionTokens) {
  public static final OutcomeCounts NONE = new OutcomeCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public static OutcomeCounts ofFailed(long count) {
    return new OutcomeCounts(0, count, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  public static OutcomeCounts ofExpired(long count) {
    return new OutcomeCounts(0, 0, count, 0, 0, 0, 0, 0, 0, 0);
  }

  public static OutcomeCounts ofCancelled(long count) {
    return new OutcomeCounts(0, 0, 0, count, 0, 0, 0, 0, 0, 0);
  }

  /** The number of ended tasks. */
  long ended() {
    return completed + failed + expired + cancelled;
  }

  public OutcomeCounts plus(OutcomeCounts other) {
    return new OutcomeCounts(
        completed + other.completed,
        failed + other.failed,
        expired + other.expired,
        cancelled + other.cancelled,
        cutOff + other.cutOff,
        reAsks + other.reAsks,
        attempts + other.attempts,
        throttles + other.throttles,
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens);
  }
}
