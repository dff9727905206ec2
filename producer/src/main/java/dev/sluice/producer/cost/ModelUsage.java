package dev.sluice.producer.cost;

/**
 * What a batch takes of one model of a route.
 *
 * @param tasks how many of its tasks ask for it
 * @param estimatedPrompt tokens of their prompts, estimated
 * @param estimatedReply tokens of the longest replies that they allow
 * @param ended how many of them have ended
 * @param promptTokens what the provider counted for those; failed ones too
 */
public record ModelUsage(
    String route,
    String model,
    long tasks,
    long estimatedPrompt,
    long estimatedReply,
    long ended,
    long promptTokens,
    long completionTokens) {

  /** What tasks are expected to take that are not there yet. */
  public static ModelUsage planned(
      String route, String model, long tasks, long estimatedPrompt, long estimatedReply) {
    return new ModelUsage(route, model, tasks, estimatedPrompt, estimatedReply, 0, 0, 0);
  }
}
