package dev.sluice.worker.settle;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.live.LiveReply;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/** The decision what to do with a task. */
public sealed interface Settlement {

  /** The label in metrics and spans. */
  default String kind() {
    return switch (this) {
      case Finish finish -> "finish";
      case DeadLetter deadLetter -> "dead_letter";
      case Delay delay -> "delay";
      case ReAsk reAsk -> "re_ask";
      case Reply reply -> "reply";
      case Discard discard -> "discard";
      case Requeue requeue -> "requeue";
    };
  }

  /** Publish the outcome: completed, expired or cancelled. */
  record Finish(OutcomeMessage outcome) implements Settlement {}

  /** Publish a failed outcome, which also goes to the dead-letter queue of the route. */
  record DeadLetter(FailureCode code, OutcomeMessage outcome) implements Settlement {}

  /** Publish the task to the broker's delay queues. */
  record Delay(TaskMessage task, Duration duration) implements Settlement {

    /**
     * A delay that ends at the task's deadline at the latest, so that the task returns then and
     * finishes as expired.
     *
     * @param withNotBefore the task to publish, from its due time
     */
    static Delay of(
        TaskMessage task,
        Duration delay,
        Instant now,
        Function<Instant, TaskMessage> withNotBefore) {
      Instant deadline = task.deadline();
      Instant due = now.plus(delay);
      Instant end = deadline == null || due.isBefore(deadline) ? due : deadline;
      return new Delay(withNotBefore.apply(end), Duration.between(now, end));
    }
  }

  /** Publish the task to its queue again, with the answer that does not fit its schema. */
  record ReAsk(TaskMessage task) implements Settlement {}

  /** Send the reply to the live caller. */
  record Reply(LiveReply liveReply) implements Settlement {}

  /** Discard the task without an outcome: its caller disconnected. */
  record Discard() implements Settlement {}

  /** Publish the task to its queue again, unchanged: it got no permit here. */
  record Requeue(TaskMessage task) implements Settlement {}
}
