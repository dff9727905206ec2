package dev.sluice.producer.batch.cost;

import dev.sluice.common.wire.TokenUsage;
import java.util.List;

/**
 * The usage of one model of a route by a batch.
 *
 * @param tasks the number of its tasks with this model
 * @param estimatedPromptTokens of their prompts
 * @param estimatedCompletionTokens of the longest replies that they allow
 * @param finished the number of these tasks that have finished
 * @param used the tokens of the finished tasks as the provider reported them, failed ones included;
 *     one element for each service tier
 */
public record ModelUsage(
    String route,
    String model,
    long tasks,
    long estimatedPromptTokens,
    long estimatedCompletionTokens,
    long finished,
    List<TokenUsage> used) {

  public ModelUsage {
    used = List.copyOf(used);
  }

  /** The expected usage of tasks that have not started. */
  public static ModelUsage planned(
      String route,
      String model,
      long tasks,
      long estimatedPromptTokens,
      long estimatedCompletionTokens) {
    return new ModelUsage(
        route, model, tasks, estimatedPromptTokens, estimatedCompletionTokens, 0, List.of());
  }

  /** The usage of finished calls, without an estimate. */
  static ModelUsage ofEnded(String route, String model, List<TokenUsage> used) {
    return new ModelUsage(route, model, 0, 0, 0, 0, used);
  }

  /** The tokens of all tiers together. */
  public TokenUsage total() {
    return used.stream().reduce(TokenUsage.NONE, TokenUsage::plus);
  }
}
