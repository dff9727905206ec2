package dev.sluice.cli.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Current state of a batch.
 *
 * @param status OpenAI's status: validating, failed, in_progress, finalizing, completed, expired,
 *     cancelling or cancelled
 * @param createdAt Unix time in seconds
 * @param completedAt Unix time in seconds; empty until the batch is terminal
 * @param total number of tasks; 0 during validation
 * @param cutOff completed tasks whose answer is cut off at its token limit
 * @param reused completed tasks that were answered with a stored result
 * @param throttles rate-limited calls of its tasks
 * @param json the whole response
 */
public record BatchState(
    String id,
    String status,
    OptionalLong createdAt,
    OptionalLong completedAt,
    long total,
    long completed,
    long failed,
    long expired,
    long cancelled,
    long cutOff,
    long reused,
    long throttles,
    long promptTokens,
    long completionTokens,
    Optional<String> outputFile,
    Optional<String> errorFile,
    List<ValidationError> errors,
    JsonNode json) {

  /**
   * An error in the batch file.
   *
   * @param line line number, from 1; empty for an error of the whole file
   */
  public record ValidationError(String code, OptionalLong line, String message) {
    /** Code and message, without the line. */
    String description() {
      return (code.isEmpty() ? "" : code + ": ") + message;
    }
  }

  static BatchState of(JsonNode json) {
    return new BatchState(
        json.path("id").asString(""),
        json.path("status").asString(""),
        number(json, "created_at"),
        number(json, "completed_at"),
        json.path("total").asLong(0),
        json.path("completed").asLong(0),
        json.path("failed").asLong(0),
        json.path("expired").asLong(0),
        json.path("cancelled").asLong(0),
        json.path("cut_off").asLong(0),
        json.path("reused").asLong(0),
        json.path("throttles").asLong(0),
        json.path("prompt_tokens").asLong(0),
        json.path("completion_tokens").asLong(0),
        text(json, "output_file_id"),
        text(json, "error_file_id"),
        json.path("errors").valueStream().map(BatchState::error).toList(),
        json);
  }

  /** Whether the batch is in a terminal state. Its failed tasks may be retried. */
  public boolean isTerminal() {
    return isTerminal(status);
  }

  /**
   * Whether the batch is in a terminal state, none of its tasks is retried, and its results have
   * their file: that of the first success of a retry is created about a second later.
   */
  public boolean isFinished() {
    return isTerminal()
        && completed + unsuccessful() >= total
        && (completed == 0 || outputFile.isPresent());
  }

  static boolean isTerminal(String status) {
    return switch (status) {
      case "completed", "failed", "expired", "cancelled" -> true;
      default -> false;
    };
  }

  /** Whether its stop condition has paused the batch. */
  public boolean isStopped() {
    return "stop_after".equals(json.path("paused_by").asString(""));
  }

  /** Whether the batch and all its tasks completed. */
  public boolean succeeded() {
    return "completed".equals(status) && unsuccessful() == 0;
  }

  /** Number of tasks that finished without a result. */
  public long unsuccessful() {
    return failed + expired + cancelled;
  }

  static ValidationError error(JsonNode json) {
    return new ValidationError(
        json.path("code").asString(""), number(json, "line"), json.path("message").asString(""));
  }

  private static OptionalLong number(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
  }

  private static Optional<String> text(JsonNode json, String name) {
    return Optional.of(json.path(name).asString("")).filter(value -> !value.isEmpty());
  }
}
