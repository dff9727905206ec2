package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * The service tier of a task.
 *
 * @param requested the tier that its sender requests; null for that of the route
 * @param refusals number of calls so far that the provider refused because it had no capacity
 */
public record TaskTier(@Nullable ServiceTier requested, int refusals) {
  /** The tier of the route, without a refusal so far. */
  public static final TaskTier OF_ROUTE = new TaskTier(null, 0);

  public TaskTier {
    if (refusals < 0) {
      throw new IllegalArgumentException("refusals " + refusals + " is below 0");
    }
  }

  /** The tier before the first call. */
  public static TaskTier of(@Nullable ServiceTier requested) {
    return new TaskTier(requested, 0);
  }

  /** The tier after one more refusal. */
  TaskTier refused() {
    return new TaskTier(requested, refusals + 1);
  }

  /** The same task at the standard tier, whatever was requested. */
  TaskTier atStandard() {
    return new TaskTier(ServiceTier.STANDARD, refusals);
  }
}
