package dev.sluice.worker.guard;

import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import dev.sluice.platform.route.RouteSettings.Context;
import dev.sluice.platform.route.RouteSettings.Context.Overflow;
import dev.sluice.worker.guard.ContextCheck.Fits;
import dev.sluice.worker.guard.ContextCheck.TooLong;
import dev.sluice.worker.guard.ContextCheck.Trimmed;
import dev.sluice.worker.limit.EstimatedUsage;
import dev.sluice.worker.limit.TokenEstimator;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects prompts that exceed the model's context length before a call is made, and trims them if
 * the route's {@code context.overflow} is {@code trim}.
 *
 * <p>Token counts are estimates from one tokenizer for all models. Set {@code context.max-tokens}
 * slightly below the model's context length to allow for the error.
 */
public final class ContextGuard {
  private static final Logger log = LoggerFactory.getLogger(ContextGuard.class);

  /** Larger conversations are trimmed one at a time: their trees may need 100 MB each. */
  private static final int MAX_PARALLEL_BYTES = 64 * 1024;

  private static final Lock LARGE_CONVERSATION = new ReentrantLock();

  private final long maxTokens;
  private final boolean trim;
  private final TokenEstimator estimator;

  public ContextGuard(Context settings, TokenEstimator estimator) {
    this.maxTokens = settings.maxTokens();
    this.trim = settings.overflow() == Overflow.TRIM;
    this.estimator = estimator;
  }

  /** Checks the task's request and trims it if allowed. The task itself is not changed. */
  public ContextCheck check(TaskMessage task) {
    Payload request = task.body();
    if (task.trimTo() > 0) {
      return trimToRequested(task);
    }
    if (maxTokens == 0) {
      return new Fits(request, null);
    }
    String endpoint = task.ids().endpoint();
    EstimatedUsage estimatedUsage = estimator.estimate(endpoint, request);
    if (estimatedUsage.total() <= maxTokens) {
      return new Fits(request, estimatedUsage); // for any number of choices
    }
    long excess = requiredTokens(request, estimatedUsage) - maxTokens;
    if (excess <= 0) {
      return new Fits(request, estimatedUsage);
    }
    return (trim ? trim(task, estimatedUsage, excess, false) : Optional.<Trimmed>empty())
        .<ContextCheck>map(trimmed -> trimmed)
        .orElseGet(() -> new TooLong(maxTokens + excess, maxTokens));
  }

  /**
   * Trims the prompt to the sender's {@code sluice-trim} tokens, or to its last turn if that alone
   * is longer. If the result still exceeds the context length, the route's overflow rule applies.
   */
  private ContextCheck trimToRequested(TaskMessage task) {
    EstimatedUsage estimatedUsage = estimator.estimate(task.ids().endpoint(), task.body());
    long excess = estimatedUsage.prompt() - task.trimTo();
    if (excess <= 0) {
      return check(task.withoutTrim());
    }
    return trim(task, estimatedUsage, excess, true)
        .filter(
            trimmed ->
                maxTokens == 0
                    || requiredTokens(trimmed.request(), trimmed.estimate()) <= maxTokens)
        .<ContextCheck>map(trimmed -> trimmed)
        .orElseGet(() -> check(task.withoutTrim()));
  }

  /** The context length applies to each choice separately: the prompt and one reply must fit. */
  private static long requiredTokens(Payload request, EstimatedUsage estimatedUsage) {
    int choices = RequestSummary.read(request).map(RequestSummary::choices).orElse(1);
    return estimatedUsage.prompt() + estimatedUsage.reply() / choices;
  }

  /**
   * Removes the oldest turns; empty if the request cannot be trimmed, or not by enough.
   *
   * @param excess the number of tokens to remove
   * @param bestEffort whether to return a result that removes fewer tokens
   */
  private Optional<Trimmed> trim(
      TaskMessage task, EstimatedUsage estimatedUsage, long excess, boolean bestEffort) {
    if (task.body().size() <= MAX_PARALLEL_BYTES) {
      return trimNow(task, estimatedUsage, excess, bestEffort);
    }
    LARGE_CONVERSATION.lock();
    try {
      return trimNow(task, estimatedUsage, excess, bestEffort);
    } finally {
      LARGE_CONVERSATION.unlock();
    }
  }

  private Optional<Trimmed> trimNow(
      TaskMessage task, EstimatedUsage estimatedUsage, long excess, boolean bestEffort) {
    return Conversation.read(task.ids().endpoint(), task.body())
        .flatMap(conversation -> trim(task, conversation, estimatedUsage, excess, bestEffort));
  }

  private Optional<Trimmed> trim(
      TaskMessage task,
      Conversation conversation,
      EstimatedUsage estimatedUsage,
      long excess,
      boolean bestEffort) {
    BitSet removed = new BitSet();
    long removedTokens = 0;
    int turns = 0;
    for (List<Integer> turn : conversation.removableTurns()) {
      if (removedTokens >= excess) {
        break;
      }
      turn.forEach(removed::set);
      removedTokens += turn.stream().mapToLong(i -> estimator.tokens(conversation.item(i))).sum();
      turns++;
    }
    if (turns == 0 || (removedTokens < excess && !bestEffort)) {
      return Optional.empty();
    }
    log.info(
        "Trimmed the {} oldest turns of task {} of route {}: {} of {} items, about {} tokens",
        turns,
        task.ids().taskId(),
        task.ids().route(),
        removed.cardinality(),
        conversation.size(),
        removedTokens);
    EstimatedUsage remaining =
        new EstimatedUsage(estimatedUsage.prompt() - removedTokens, estimatedUsage.reply());
    return Optional.of(new Trimmed(conversation.without(removed), remaining, turns));
  }
}
