package dev.sluice.worker.guard;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.route.RouteSettings.Context;
import dev.sluice.common.route.RouteSettings.Context.Overflow;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.worker.guard.ContextCheck.Fits;
import dev.sluice.worker.guard.ContextCheck.TooLong;
import dev.sluice.worker.guard.ContextCheck.Trimmed;
import dev.sluice.worker.limit.EstimatedUsage;
import dev.sluice.worker.limit.TokenEstimator;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds prompts that are longer than the model's window before a call is made, and shortens those
 * that the route allows it to.
 *
 * <p>The tokens are an estimate, made with one tokenizer for all models. A window set a little
 * below the model's own leaves room for its error.
 */
public final class ContextGuard {
  private static final Logger log = LoggerFactory.getLogger(ContextGuard.class);

  private final long window;
  private final boolean trims;
  private final TokenEstimator estimator;

  public ContextGuard(Context settings, TokenEstimator estimator) {
    this.window = settings.window();
    this.trims = settings.overflow() == Overflow.TRIM;
    this.estimator = estimator;
  }

  /** Whether the task's request may go out, and in which form. The task itself stays as it is. */
  public ContextCheck check(TaskMessage task) {
    Payload request = task.body();
    if (task.trimTo() > 0) {
      return asWished(task);
    }
    if (window == 0) {
      return new Fits(request, null);
    }
    String endpoint = task.ids().endpoint();
    EstimatedUsage estimatedUsage = estimator.estimate(endpoint, request);
    if (estimatedUsage.total() <= window) {
      return new Fits(request, estimatedUsage); // whatever the number of its choices
    }
    long tooMany = needed(request, estimatedUsage) - window;
    if (tooMany <= 0) {
      return new Fits(request, estimatedUsage);
    }
    return (trims ? trimmed(task, estimatedUsage, tooMany, false) : Optional.<Trimmed>empty())
        .<ContextCheck>map(trimmed -> trimmed)
        .orElseGet(() -> new TooLong(window + tooMany, window));
  }

  /**
   * The prompt within the tokens that the task's sender wants, or its last turn alone where that is
   * longer. What is beyond the model's window as well is for the route's own rule.
   */
  private ContextCheck asWished(TaskMessage task) {
    EstimatedUsage estimatedUsage = estimator.estimate(task.ids().endpoint(), task.body());
    long tooMany = estimatedUsage.prompt() - task.trimTo();
    if (tooMany <= 0) {
      return check(task.withoutTrim());
    }
    return trimmed(task, estimatedUsage, tooMany, true)
        .filter(trimmed -> window == 0 || needed(trimmed.request(), trimmed.estimate()) <= window)
        .<ContextCheck>map(trimmed -> trimmed)
        .orElseGet(() -> check(task.withoutTrim()));
  }

  /** Each choice has the window for itself: the prompt and one reply have to fit. */
  private static long needed(Payload request, EstimatedUsage estimatedUsage) {
    int choices = RequestSummary.read(request).map(RequestSummary::choices).orElse(1);
    return estimatedUsage.prompt() + estimatedUsage.reply() / choices;
  }

  /**
   * Empty where the request cannot be cut, or not by enough.
   *
   * @param anyway whether less than enough is better than nothing
   */
  private Optional<Trimmed> trimmed(
      TaskMessage task, EstimatedUsage estimatedUsage, long tooMany, boolean anyway) {
    return Conversation.read(task.ids().endpoint(), task.body())
        .flatMap(conversation -> trimmed(task, conversation, estimatedUsage, tooMany, anyway));
  }

  private Optional<Trimmed> trimmed(
      TaskMessage task,
      Conversation conversation,
      EstimatedUsage estimatedUsage,
      long tooMany,
      boolean anyway) {
    BitSet leftOut = new BitSet();
    long saved = 0;
    int turns = 0;
    for (List<Integer> turn : conversation.turnsThatMayGo()) {
      if (saved >= tooMany) {
        break;
      }
      turn.forEach(leftOut::set);
      saved += turn.stream().mapToLong(i -> estimator.tokens(conversation.item(i))).sum();
      turns++;
    }
    if (turns == 0 || (saved < tooMany && !anyway)) {
      return Optional.empty();
    }
    log.info(
        "Task {} of route {} goes out without its oldest turns ({}): {} of {} items, about {} tokens",
        task.ids().taskId(),
        task.ids().route(),
        turns,
        leftOut.cardinality(),
        conversation.size(),
        saved);
    EstimatedUsage left =
        new EstimatedUsage(estimatedUsage.prompt() - saved, estimatedUsage.reply());
    return Optional.of(new Trimmed(conversation.without(leftOut), left, turns));
  }
}
