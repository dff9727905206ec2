package dev.sluice.producer.batch;

/**
 * What the tasks of one batch that ended together add to its counts.
 *
 * @param throttles rate limits that they met
 */
public record TaskEnds(
    long completed,
    long failed,
    long expired,
    long cancelled,
    long attempts,
    long throttles,
    long promptTokens,
    long completionTokens) {
  public static final TaskEnds NONE = new TaskEnds(0, 0, 0, 0, 0, 0, 0, 0);

  public static TaskEnds ofFailed(long count) {
    return new TaskEnds(0, count, 0, 0, 0, 0, 0, 0);
  }

  public static TaskEnds ofExpired(long count) {
    return new TaskEnds(0, 0, count, 0, 0, 0, 0, 0);
  }

  public static TaskEnds ofCancelled(long count) {
    return new TaskEnds(0, 0, 0, count, 0, 0, 0, 0);
  }

  public TaskEnds plus(TaskEnds other) {
    return new TaskEnds(
        completed + other.completed,
        failed + other.failed,
        expired + other.expired,
        cancelled + other.cancelled,
        attempts + other.attempts,
        throttles + other.throttles,
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens);
  }
}
