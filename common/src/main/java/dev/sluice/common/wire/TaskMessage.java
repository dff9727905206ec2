package dev.sluice.common.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One task on its way to a worker.
 *
 * @param ids what names it
 * @param attempt which attempt this is, from 1; a throttled one is not counted
 * @param throttles how often the provider answered it with a rate limit so far
 * @param firstEnqueuedAt when it entered the broker for the first time
 * @param deadline after which it is not sent to the provider any more; null for never
 * @param notBefore before which it is not sent; null for at once
 * @param body the request, as the provider expects it
 * @param history the calls of this run so far
 */
public record TaskMessage(
    TaskIds ids,
    int attempt,
    int throttles,
    Instant firstEnqueuedAt,
    @Nullable Instant deadline,
    @Nullable Instant notBefore,
    Body body,
    History history) {

  public TaskMessage {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt + " is below 1");
    }
    if (throttles < 0) {
      throw new IllegalArgumentException("throttles " + throttles + " is below 0");
    }
  }

  /** A task's first message, to be sent at once. */
  public static TaskMessage first(TaskIds ids, Instant now, @Nullable Instant deadline, Body body) {
    return new TaskMessage(ids, 1, 0, now, deadline, null, body, History.NONE);
  }

  /** The same task, one attempt later, not to be sent before the given time. */
  public TaskMessage nextAttempt(Instant notBefore) {
    return new TaskMessage(
        ids, attempt + 1, throttles, firstEnqueuedAt, deadline, notBefore, body, history);
  }

  /** The same attempt after a rate limit, not to be sent before the given time. */
  public TaskMessage throttled(Instant notBefore) {
    return new TaskMessage(
        ids, attempt, throttles + 1, firstEnqueuedAt, deadline, notBefore, body, history);
  }

  /** The same attempt, not to be sent before the given time. */
  public TaskMessage postponed(Instant notBefore) {
    return new TaskMessage(
        ids, attempt, throttles, firstEnqueuedAt, deadline, notBefore, body, history);
  }

  /** The same task with another request. */
  public TaskMessage withBody(Body other) {
    return new TaskMessage(
        ids, attempt, throttles, firstEnqueuedAt, deadline, notBefore, other, history);
  }

  /** The same task with one call more behind it. */
  public TaskMessage called(Attempt call) {
    return new TaskMessage(
        ids, attempt, throttles, firstEnqueuedAt, deadline, notBefore, body, history.plus(call));
  }

  /** Whether the deadline has passed. */
  public boolean isExpired(Instant now) {
    return deadline != null && !now.isBefore(deadline);
  }
}
