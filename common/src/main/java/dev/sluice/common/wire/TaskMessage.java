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
 * @param replyTo the queue on which somebody waits for the reply; null where nobody does
 * @param trimTo how many tokens the prompt may have, its oldest turns left out; 0 for no such wish
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
    @Nullable String replyTo,
    int trimTo,
    Payload body,
    AttemptHistory history) {

  public TaskMessage {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt + " is below 1");
    }
    if (throttles < 0) {
      throw new IllegalArgumentException("throttles " + throttles + " is below 0");
    }
    if (trimTo < 0) {
      throw new IllegalArgumentException("trim " + trimTo + " is below 0");
    }
  }

  /** A task's first message, to be sent at once. */
  public static TaskMessage first(
      TaskIds ids, Instant now, @Nullable Instant deadline, Payload payload) {
    return new TaskMessage(ids, 1, 0, now, deadline, null, null, 0, payload, AttemptHistory.NONE);
  }

  /** The same task, one attempt later, not to be sent before the given time. */
  public TaskMessage nextAttempt(Instant notBefore) {
    return with(attempt + 1, throttles, notBefore, body, history);
  }

  /** The same attempt after a rate limit, not to be sent before the given time. */
  public TaskMessage throttled(Instant notBefore) {
    return with(attempt, throttles + 1, notBefore, body, history);
  }

  /** The same attempt, not to be sent before the given time. */
  public TaskMessage postponed(Instant notBefore) {
    return with(attempt, throttles, notBefore, body, history);
  }

  /** The same task with another request. */
  public TaskMessage withBody(Payload other) {
    return with(attempt, throttles, notBefore, other, history);
  }

  /** The same task, to be sent with its prompt as it is. */
  public TaskMessage withoutTrim() {
    return new TaskMessage(
        ids, attempt, throttles, firstEnqueuedAt, deadline, notBefore, replyTo, 0, body, history);
  }

  /** The same task, whose caller waits at this queue. */
  public TaskMessage answeredTo(String queue, int trim) {
    return new TaskMessage(
        ids, attempt, throttles, firstEnqueuedAt, deadline, notBefore, queue, trim, body, history);
  }

  /** The same task with one call more behind it. */
  public TaskMessage called(Attempt call) {
    return with(attempt, throttles, notBefore, body, history.plus(call));
  }

  /** The same task, as a part of that trace. */
  public TaskMessage traced(String parent) {
    return new TaskMessage(
        ids.traced(parent),
        attempt,
        throttles,
        firstEnqueuedAt,
        deadline,
        notBefore,
        replyTo,
        trimTo,
        body,
        history);
  }

  /** Whether the deadline has passed. */
  public boolean isExpired(Instant now) {
    return deadline != null && !now.isBefore(deadline);
  }

  private TaskMessage with(
      int attempt,
      int throttles,
      @Nullable Instant notBefore,
      Payload payload,
      AttemptHistory history) {
    return new TaskMessage(
        ids,
        attempt,
        throttles,
        firstEnqueuedAt,
        deadline,
        notBefore,
        replyTo,
        trimTo,
        payload,
        history);
  }
}
