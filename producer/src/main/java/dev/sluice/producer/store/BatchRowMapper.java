package dev.sluice.producer.store;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.access.Project;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Maps rows of the table {@code batches}. */
final class BatchRowMapper {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};
  private static final TypeReference<List<InputError>> ERRORS = new TypeReference<>() {};

  private BatchRowMapper() {}

  static String json(Object value) {
    return JSON.writeValueAsString(value);
  }

  static Batch read(ResultSet row, int index) throws SQLException {
    String errors = row.getString("errors");
    String stopReason = row.getString("stop_reason");
    return new Batch(
        new BatchId(row.getObject("id", UUID.class)),
        new Project(row.getString("project")),
        definition(row),
        BatchStatus.fromWire(row.getString("status")),
        errors == null ? List.of() : JSON.readValue(errors, ERRORS),
        new Batch.ResultFiles(row.getString("output_file_id"), row.getString("error_file_id")),
        times(row),
        row.getString("model"),
        row.getBigDecimal("budget"),
        pausedBy(row),
        stopReason == null ? null : StopReasons.read(stopReason),
        counts(row));
  }

  private static BatchDefinition definition(ResultSet row) throws SQLException {
    String metadata = row.getString("metadata");
    String stopAfter = row.getString("stop_after");
    return new BatchDefinition(
        row.getString("input_file_id"),
        row.getString("endpoint"),
        row.getString("completion_window"),
        metadata == null ? null : JSON.readValue(metadata, METADATA),
        row.getInt("priority"),
        seconds(row, "output_expires_seconds"),
        row.getBoolean("fail_cut_off") ? CutOffPolicy.FAIL : CutOffPolicy.KEEP,
        stopAfter == null ? null : JSON.readValue(stopAfter, StopCondition.class),
        seconds(row, "reuse_seconds"),
        check(row),
        tier(row));
  }

  private static @Nullable Duration seconds(ResultSet row, String column) throws SQLException {
    Long seconds = row.getObject(column, Long.class);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  /** The check of the batch's answers. */
  static AnswerCheck check(ResultSet row) throws SQLException {
    return AnswerCheck.of(row.getString("check_schema"), row.getInt("check_re_ask"));
  }

  /** The service tier that the batch requests; null for that of the route. */
  static @Nullable ServiceTier tier(ResultSet row) throws SQLException {
    String tier = row.getString("tier");
    return tier == null ? null : ServiceTier.fromWire(tier).orElse(null);
  }

  private static @Nullable PauseReason pausedBy(ResultSet row) throws SQLException {
    PauseReason cause = PauseReason.ofColumn(row.getString("paused_by"));
    return cause == PauseReason.MANUAL && row.getBoolean("stopped")
        ? PauseReason.STOP_AFTER
        : cause;
  }

  private static Batch.Times times(ResultSet row) throws SQLException {
    return new Batch.Times(
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("expires_at").toInstant(),
        time(row, "in_progress_at"),
        time(row, "finalizing_at"),
        time(row, "completed_at"),
        time(row, "failed_at"),
        time(row, "expired_at"),
        time(row, "cancelling_at"),
        time(row, "cancelled_at"),
        time(row, "paused_at"));
  }

  private static Batch.Counts counts(ResultSet row) throws SQLException {
    return new Batch.Counts(
        row.getLong("total"),
        row.getLong("completed"),
        row.getLong("failed"),
        row.getLong("expired"),
        row.getLong("cancelled"),
        row.getLong("cut_off"),
        row.getLong("re_asks"),
        row.getLong("attempts"),
        row.getLong("throttles"),
        row.getLong("prompt_tokens"),
        row.getLong("completion_tokens"),
        row.getLong("reused"));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }
}
