package dev.sluice.producer.batch.cost;

/**
 * The usage of one model of a route by a batch.
 *
 * @param tasks the number of its tasks with this model
 * @param estimatedPromptTokens of their prompts
 * @param estimatedCompletionTokens of the longest replies that they allow
 * @param ended the number of these tasks that have ended
 * @param promptTokens of the ended tasks as the provider reported them, failed ones included
 * @param completionTokens of the ended tasks as the provider reported them
 */
public record ModelUsage(
    String route,
    String model,
    long tasks,
    long estimatedPromptTokens,
    long estimatedCompletionTokens,
    long ended,
    long promptTokens,
    long completionTokens) {

  /** The expected usage of tasks that have not started. */
  public static ModelUsage planned(
      String route,
      String model,
      long tasks,
      long estimatedPromptTokens,
      long estimatedCompletionTokens) {
    return new ModelUsage(
        route, model, tasks, estimatedPromptTokens, estimatedCompletionTokens, 0, 0, 0);
  }
}
