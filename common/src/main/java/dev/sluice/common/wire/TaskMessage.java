package dev.sluice.common.wire;

import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task as published to the workers.
 *
 * @param ids ids of the task
 * @param attempt number of the attempt, from 1; throttled calls do not count
 * @param throttles number of responses with status 429 so far
 * @param firstEnqueuedAt time of the first publish, UTC
 * @param deadline after this time workers no longer call the provider, UTC; null for no deadline
 * @param notBefore earliest time of the next call, UTC; null for no delay
 * @param caller who owns the task, and who waits for a live one
 * @param trimTo maximum prompt length in tokens, by removing the oldest turns; 0 for no trimming
 * @param tier the service tier of its calls
 * @param answerRules what the task requires of its answer
 * @param body the request in the provider's format
 * @param history the calls of this run so far
 */
public record TaskMessage(
    TaskIds ids,
    int attempt,
    int throttles,
    Instant firstEnqueuedAt,
    @Nullable Instant deadline,
    @Nullable Instant notBefore,
    TaskCaller caller,
    int trimTo,
    TaskTier tier,
    AnswerRules answerRules,
    Payload body,
    CallHistory history) {

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

  /** A task with neither a source, a tier nor a check. */
  public TaskMessage(
      TaskIds ids,
      int attempt,
      int throttles,
      Instant firstEnqueuedAt,
      @Nullable Instant deadline,
      @Nullable Instant notBefore,
      @Nullable String replyTo,
      int trimTo,
      boolean failCutOff,
      Payload body,
      CallHistory history) {
    this(
        ids,
        attempt,
        throttles,
        firstEnqueuedAt,
        deadline,
        notBefore,
        new TaskCaller(replyTo, null, null, Map.of()),
        trimTo,
        TaskTier.OF_ROUTE,
        AnswerRules.withoutCheck(failCutOff),
        body,
        history);
  }

  /** The first message of a task, without a delay. */
  public static TaskMessage first(
      TaskIds ids, Instant now, @Nullable Instant deadline, Payload payload) {
    return new TaskMessage(
        ids, 1, 0, now, deadline, null, null, 0, false, payload, CallHistory.NONE);
  }

  /** The next attempt, not before the given time. */
  public TaskMessage nextAttempt(Instant notBefore) {
    return with(
        copy -> {
          copy.attempt = attempt + 1;
          copy.notBefore = notBefore;
        });
  }

  /** The same attempt after a rate limit, not before the given time. */
  public TaskMessage throttled(Instant notBefore) {
    return with(
        copy -> {
          copy.throttles = throttles + 1;
          copy.notBefore = notBefore;
        });
  }

  /** The same attempt after the provider had no capacity, not before the given time. */
  public TaskMessage refused(Instant notBefore) {
    return with(
        copy -> {
          copy.tier = tier.refused();
          copy.notBefore = notBefore;
        });
  }

  /** The same attempt at the standard tier, not before the given time. */
  public TaskMessage atStandardTier(Instant notBefore) {
    return with(
        copy -> {
          copy.tier = tier.atStandard();
          copy.notBefore = notBefore;
        });
  }

  /** The same attempt, not before the given time. */
  public TaskMessage postponed(Instant notBefore) {
    return with(copy -> copy.notBefore = notBefore);
  }

  /** A copy with another request. */
  public TaskMessage withBody(Payload other) {
    return with(copy -> copy.body = other);
  }

  /** A copy whose prompt is not trimmed. */
  public TaskMessage withoutTrim() {
    return with(copy -> copy.trimTo = 0);
  }

  /** A copy with a reply queue and a maximum prompt length, for the live lane. */
  public TaskMessage withReplyTo(String queue, int trim) {
    return with(
        copy -> {
          copy.caller = new TaskCaller(queue, source(), project(), requestHeaders());
          copy.trimTo = trim;
        });
  }

  /** The same attempt after an answer that does not fit the schema. */
  public TaskMessage askedAgain(InvalidAnswer answer) {
    return with(
        copy -> {
          copy.notBefore = null;
          copy.answerRules = answerRules.after(answer);
        });
  }

  /** A copy with other requirements of its answer. */
  public TaskMessage withAnswerRules(AnswerRules rules) {
    return with(copy -> copy.answerRules = rules);
  }

  /** A copy with another service tier. */
  public TaskMessage withTier(TaskTier other) {
    return with(copy -> copy.tier = other);
  }

  /** The check of the answers. */
  public AnswerCheck check() {
    return answerRules.check();
  }

  /** Whether an answer that is cut off at its token limit fails the task. */
  public boolean failCutOff() {
    return answerRules.failCutOff();
  }

  /** A copy with one more call in its history. */
  public TaskMessage withCall(CallRecord call) {
    return with(copy -> copy.history = history.plus(call));
  }

  /** A copy with another trace context. */
  public TaskMessage withTraceparent(String traceparent) {
    return with(copy -> copy.ids = ids.withTraceparent(traceparent));
  }

  /** A copy with the source of a live task. */
  public TaskMessage withSource(String source) {
    return with(
        copy -> copy.caller = new TaskCaller(replyTo(), source, project(), requestHeaders()));
  }

  /** A copy with the name of its project; null for none. */
  public TaskMessage withProject(@Nullable String project) {
    return with(
        copy -> copy.caller = new TaskCaller(replyTo(), source(), project, requestHeaders()));
  }

  /** A copy with the caller's HTTP headers for the provider. */
  public TaskMessage withRequestHeaders(Map<String, String> headers) {
    return with(copy -> copy.caller = new TaskCaller(replyTo(), source(), project(), headers));
  }

  /** Reply queue of a live task; null for a batch task. */
  public @Nullable String replyTo() {
    return caller.replyTo();
  }

  /** The caller of a live task; null if its batch or reply queue is its source. */
  public @Nullable String source() {
    return caller.source();
  }

  /** The name of its project; null if it has none, or if its sender is of an earlier version. */
  public @Nullable String project() {
    return caller.project();
  }

  /** The caller's HTTP headers for the provider. */
  public Map<String, String> requestHeaders() {
    return caller.requestHeaders();
  }

  /** Whether the deadline has passed. */
  public boolean isExpired(Instant now) {
    return deadline != null && !now.isBefore(deadline);
  }

  private TaskMessage with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.message();
  }

  /** The components that differ between the messages of a task. */
  private static final class Copy {
    private final TaskMessage original;
    private TaskIds ids;
    private int attempt;
    private int throttles;
    private @Nullable Instant notBefore;
    private TaskCaller caller;
    private int trimTo;
    private TaskTier tier;
    private AnswerRules answerRules;
    private Payload body;
    private CallHistory history;

    Copy(TaskMessage original) {
      this.original = original;
      this.ids = original.ids;
      this.attempt = original.attempt;
      this.throttles = original.throttles;
      this.notBefore = original.notBefore;
      this.caller = original.caller;
      this.trimTo = original.trimTo;
      this.tier = original.tier;
      this.answerRules = original.answerRules;
      this.body = original.body;
      this.history = original.history;
    }

    TaskMessage message() {
      return new TaskMessage(
          ids,
          attempt,
          throttles,
          original.firstEnqueuedAt,
          original.deadline,
          notBefore,
          caller,
          trimTo,
          tier,
          answerRules,
          body,
          history);
    }
  }
}
