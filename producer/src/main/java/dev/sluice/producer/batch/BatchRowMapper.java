package dev.sluice.producer.batch;

import dev.sluice.api.batch.InputError;
import dev.sluice.api.batch.StopReason;
import dev.sluice.common.wire.AnswerCheck;
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
    String metadata = row.getString("metadata");
    Long lifetime = row.getObject("output_expires_seconds", Long.class);
    Long reuse = row.getObject("reuse_seconds", Long.class);
    String errors = row.getString("errors");
    String stopAfter = row.getString("stop_after");
    String stopReason = row.getString("stop_reason");
    return new Batch(
        new BatchId(row.getObject("id", UUID.class)),
        new Project(row.getString("project")),
        row.getString("endpoint"),
        row.getString("input_file_id"),
        row.getString("completion_window"),
        metadata == null ? null : JSON.readValue(metadata, METADATA),
        BatchStatus.fromWire(row.getString("status")),
        errors == null ? List.of() : JSON.readValue(errors, ERRORS),
        row.getString("output_file_id"),
        row.getString("error_file_id"),
        times(row),
        row.getInt("priority"),
        row.getString("model"),
        lifetime == null ? null : Duration.ofSeconds(lifetime),
        row.getBigDecimal("budget"),
        pausedBy(row),
        row.getBoolean("fail_cut_off") ? CutOffPolicy.FAIL : CutOffPolicy.KEEP,
        stopAfter == null ? null : JSON.readValue(stopAfter, StopCondition.class),
        stopReason == null ? null : JSON.readValue(stopReason, StopReason.class),
        reuse == null ? null : Duration.ofSeconds(reuse),
        counts(row));
  }

  /** The check of the batch's answers. */
  static AnswerCheck check(ResultSet row) throws SQLException {
    return AnswerCheck.of(row.getString("check_schema"), row.getInt("check_re_ask"));
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
