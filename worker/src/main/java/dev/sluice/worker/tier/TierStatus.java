package dev.sluice.worker.tier;

import java.util.List;

/**
 * What a worker knows of the flex tier of a route.
 *
 * @param recentCalls the last calls at the flex tier, up to 100
 * @param recentRefusals those of them that the provider refused because it had no capacity
 * @param modelsWithoutFlex models that do not have the tier
 * @param refusedBatches ids of the batches of which most of these calls were refused: their tasks
 *     return from a delay again and again
 */
public record TierStatus(
    int recentCalls,
    int recentRefusals,
    List<String> modelsWithoutFlex,
    List<String> refusedBatches) {
  public TierStatus {
    modelsWithoutFlex = List.copyOf(modelsWithoutFlex);
    refusedBatches = List.copyOf(refusedBatches);
  }
}
