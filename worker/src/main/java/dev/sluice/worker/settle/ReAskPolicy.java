package dev.sluice.worker.settle;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.CheckResult;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.InvalidAnswer;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.classify.TaskOutcome;
import dev.sluice.worker.classify.TaskOutcome.Completed;
import dev.sluice.worker.classify.TaskOutcome.InvalidOutput;
import dev.sluice.worker.settle.Settlement.DeadLetter;
import dev.sluice.worker.settle.Settlement.Delay;
import dev.sluice.worker.settle.Settlement.Discard;
import dev.sluice.worker.settle.Settlement.Finish;
import dev.sluice.worker.settle.Settlement.ReAsk;
import dev.sluice.worker.settle.Settlement.Reply;
import dev.sluice.worker.settle.Settlement.Requeue;

/** Decides whether the model is asked again; this does not count as an attempt. */
final class ReAskPolicy {
  private ReAskPolicy() {}

  /**
   * The settlement of a task whose answer does not fit: the model is asked again, or a dead letter
   * with the answer.
   *
   * @param stats the statistics of all answers
   */
  static Settlement settle(TaskMessage task, InvalidOutput invalid, CallStats stats) {
    return invalid.canReAsk() && task.check().allowsReAsk()
        ? new ReAsk(task.askedAgain(next(task, invalid)))
        : deadLetter(task, invalid, stats);
  }

  private static InvalidAnswer next(TaskMessage task, InvalidOutput invalid) {
    return task.check()
        .last()
        .next(invalid.completed().usage(), invalid.answer(), invalid.errors());
  }

  private static DeadLetter deadLetter(TaskMessage task, InvalidOutput invalid, CallStats stats) {
    Failure failure = new Failure(FailureCode.INVALID_OUTPUT, invalid.errors());
    CheckResult result =
        CheckResult.invalid(task.check().last().answers() + 1, invalid.completed().reply().body());
    return new DeadLetter(
        FailureCode.INVALID_OUTPUT,
        OutcomeMessage.failed(task.ids(), failure, stats, task.body()).withCheck(result));
  }

  /**
   * Adds the number of checked answers to the outcome of a task. A call without a complete reply
   * does not count.
   */
  static Settlement withAnswerCount(TaskMessage task, TaskOutcome outcome, Settlement settlement) {
    int answers = task.check().last().answers() + (hasAnswer(outcome) ? 1 : 0);
    return !task.check().isEnabled() || answers == 0
        ? settlement
        : switch (settlement) {
          case Finish finish -> new Finish(withAnswerCount(finish.outcome(), answers));
          case DeadLetter dead ->
              new DeadLetter(dead.code(), withAnswerCount(dead.outcome(), answers));
          case Delay delay -> delay;
          case Discard discard -> discard;
          case ReAsk reAsk -> reAsk;
          case Reply reply -> reply;
          case Requeue requeue -> requeue;
        };
  }

  private static OutcomeMessage withAnswerCount(OutcomeMessage outcome, int answers) {
    return outcome.check() == null
        ? outcome.withCheck(CheckResult.withoutInvalidReply(answers))
        : outcome;
  }

  private static boolean hasAnswer(TaskOutcome outcome) {
    return outcome instanceof Completed || outcome instanceof InvalidOutput;
  }
}
