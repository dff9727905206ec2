package dev.sluice.producer.batch;

import dev.sluice.producer.access.Project;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch as it is in PostgreSQL.
 *
 * @param completionWindow as it was asked for, such as {@code 24h}
 * @param metadata null where none was given
 * @param errors why it failed; empty for any other
 * @param priority its weight against others, 1-100
 * @param model what all of its lines ask for; null where they differ, or were not read yet
 * @param outputLifetime how long its files stay; null for ever
 * @param budget how many dollars it may cost; null for no bound
 * @param pausedBy {@code manual}, {@code budget} or {@code project_budget}; null for one that runs
 */
public record Batch(
    BatchId id,
    Project project,
    String endpoint,
    String inputFileId,
    String completionWindow,
    @Nullable Map<String, String> metadata,
    BatchStatus status,
    List<InputError> errors,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    Times times,
    int priority,
    @Nullable String model,
    @Nullable Duration outputLifetime,
    @Nullable BigDecimal budget,
    @Nullable String pausedBy,
    Counts counts) {

  /** {@code metadata.name}; null where it has none. */
  public @Nullable String name() {
    return metadata == null ? null : metadata.get("name");
  }

  /** When it came to each status; null where it did not. */
  public record Times(
      Instant created,
      Instant expires,
      @Nullable Instant inProgress,
      @Nullable Instant finalizing,
      @Nullable Instant completed,
      @Nullable Instant failed,
      @Nullable Instant expired,
      @Nullable Instant cancelling,
      @Nullable Instant cancelled,
      @Nullable Instant paused) {}

  /**
   * How many of its tasks ended how, and what they took.
   *
   * @param throttles rate limits that the ended tasks met
   */
  public record Counts(
      long total,
      long completed,
      long failed,
      long expired,
      long cancelled,
      long attempts,
      long throttles,
      long promptTokens,
      long completionTokens) {

    /** How many tasks have not ended. */
    public long unfinished() {
      return total - completed - failed - expired - cancelled;
    }
  }
}
