package dev.sluice.producer.store;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.OutcomeKind;
import dev.sluice.common.wire.OutcomeMessage;

/**
 * The counts that finished tasks add to their batch.
 *
 * @param cutOff completed tasks whose answer is cut off
 * @param reAsks times that the model was asked again because an answer did not fit
 * @param attempts attempts of these tasks
 * @param throttles rate limit errors of these tasks
 */
public record OutcomeCounts(
    long completed,
    long failed,
    long expired,
    long cancelled,
    long cutOff,
    long reAsks,
    long attempts,
    long throttles,
    long promptTokens,
    long completionTokens) {
  public static final OutcomeCounts NONE = new OutcomeCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** The count of one task that finished without a call. */
  static OutcomeCounts ofUncalled(OutcomeKind kind) {
    return switch (kind) {
      case FAILED -> new OutcomeCounts(0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
      case EXPIRED -> new OutcomeCounts(0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
      case CANCELLED -> new OutcomeCounts(0, 0, 0, 1, 0, 0, 0, 0, 0, 0);
      case COMPLETED -> throw new IllegalArgumentException("only a call completes a task");
    };
  }

  /** The count of a task that keeps its answer, because it could not be made again. */
  static OutcomeCounts ofKept(boolean cutOff) {
    return new OutcomeCounts(1, 0, 0, 0, cutOff ? 1 : 0, 0, 0, 0, 0, 0);
  }

  /** These counts, but for a task that keeps its answer. */
  public OutcomeCounts kept(boolean keptCutOff) {
    return new OutcomeCounts(
        1,
        0,
        0,
        0,
        keptCutOff ? 1 : 0,
        reAsks,
        attempts,
        throttles,
        promptTokens,
        completionTokens);
  }

  private static final long MAX_TOKENS = 1_000_000_000_000L;

  /** The counts of one outcome. */
  public static OutcomeCounts of(OutcomeMessage outcome) {
    CallStats stats = outcome.stats();
    OutcomeKind kind = outcome.kind();
    return new OutcomeCounts(
        kind == OutcomeKind.COMPLETED ? 1 : 0,
        kind == OutcomeKind.FAILED ? 1 : 0,
        kind == OutcomeKind.EXPIRED ? 1 : 0,
        kind == OutcomeKind.CANCELLED ? 1 : 0,
        outcome.cutOff() ? 1 : 0,
        outcome.check() == null ? 0 : outcome.check().answers() - 1,
        stats.attempts(),
        stats.throttles(),
        tokens(stats.promptTokens()),
        tokens(stats.completionTokens()));
  }

  /** Clamps implausible token counts, so that the batch's {@code bigint} sum cannot overflow. */
  static long tokens(long reported) {
    return Math.clamp(reported, 0, MAX_TOKENS);
  }

  /** The number of finished tasks. */
  long finished() {
    return completed + failed + expired + cancelled;
  }

  public OutcomeCounts plus(OutcomeCounts other) {
    return new OutcomeCounts(
        completed + other.completed,
        failed + other.failed,
        expired + other.expired,
        cancelled + other.cancelled,
        cutOff + other.cutOff,
        reAsks + other.reAsks,
        attempts + other.attempts,
        throttles + other.throttles,
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens);
  }
}
