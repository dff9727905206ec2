package dev.sluice.worker.settle;

import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.live.LiveReply;
import java.time.Duration;

/** What is to be done with a task. */
public sealed interface Settlement {

  /** As metrics and spans tell it. */
  default String kind() {
    return switch (this) {
      case Finish finish -> "finish";
      case DeadLetter deadLetter -> "bury";
      case Delay delay -> "delay";
      case Reply handBack -> "hand_back";
      case Discard discard -> "drop";
      case Requeue requeue -> "put_back";
    };
  }

  /** It has ended, well or by its deadline: the outcome goes to the collector. */
  record Finish(OutcomeMessage outcome) implements Settlement {}

  /** It cannot succeed: the outcome goes to the collector and, as a dead letter, to the desk. */
  record DeadLetter(FailureCode code, OutcomeMessage outcome) implements Settlement {}

  /** It waits in the broker and comes back. */
  record Delay(TaskMessage task, Duration time) implements Settlement {}

  /** Its caller, who waits for it, gets the answer. */
  record Reply(LiveReply answer) implements Settlement {}

  /** Its caller does not wait any more: nobody hears of it. */
  record Discard() implements Settlement {}

  /** It goes back to its queue untouched: it did not get its turn here. */
  record Requeue(TaskMessage task) implements Settlement {}
}
