package dev.sluice.producer.history;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;

/**
 * The tasks and live calls of a route that finished in one hour.
 *
 * @param completed completed tasks, and live calls with a 2xx reply
 * @param failed failed tasks, and live calls with an error
 * @param throttled 429s of these and of the expired and cancelled tasks
 * @param tokens prompt and completion tokens of all of them
 */
public record HourlyCounts(long completed, long failed, long throttled, long tokens) {
  private static final long MAX_TOKENS = 1_000_000_000_000L;

  /** The counts of one finished task. */
  public static HourlyCounts of(OutcomeMessage outcome) {
    return of(
        outcome.stats(),
        outcome.kind() == OutcomeKind.COMPLETED,
        outcome.kind() == OutcomeKind.FAILED);
  }

  /** The counts of one live call. */
  public static HourlyCounts ofLiveCall(CallStats stats, boolean succeeded) {
    return of(stats, succeeded, !succeeded);
  }

  private static HourlyCounts of(CallStats stats, boolean completed, boolean failed) {
    return new HourlyCounts(
        completed ? 1 : 0,
        failed ? 1 : 0,
        stats.throttles(),
        tokens(stats.promptTokens()) + tokens(stats.completionTokens()));
  }

  /** Clamps implausible token counts, so that the sums cannot overflow. */
  private static long tokens(long reported) {
    return Math.clamp(reported, 0, MAX_TOKENS);
  }

  public HourlyCounts plus(HourlyCounts other) {
    return new HourlyCounts(
        completed + other.completed,
        failed + other.failed,
        throttled + other.throttled,
        tokens + other.tokens);
  }
}
