package dev.sluice.cli.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * A batch as the producer tells it now.
 *
 * @param status one of OpenAI's: validating, failed, in_progress, finalizing, completed, expired,
 *     cancelling, cancelled
 * @param createdAt in Unix seconds
 * @param completedAt in Unix seconds; empty before it ended
 * @param total how many tasks it has; 0 before they are counted
 * @param throttles 429s that its tasks met and waited out
 * @param json the whole reply
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
    long throttles,
    long promptTokens,
    long completionTokens,
    Optional<String> outputFile,
    Optional<String> errorFile,
    List<ValidationError> errors,
    JsonNode json) {

  /**
   * What is wrong with the batch file.
   *
   * @param line counted from 1; empty where it is about the whole file
   */
  public record ValidationError(String code, OptionalLong line, String message) {
    /** Without its place. */
    String sentence() {
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
        json.path("throttles").asLong(0),
        json.path("prompt_tokens").asLong(0),
        json.path("completion_tokens").asLong(0),
        text(json, "output_file_id"),
        text(json, "error_file_id"),
        json.path("errors").valueStream().map(BatchState::error).toList(),
        json);
  }

  /** Whether nothing more will come. */
  public boolean ended() {
    return switch (status) {
      case "completed", "failed", "expired", "cancelled" -> true;
      default -> false;
    };
  }

  /** Whether it ended, and every task with it, well. */
  public boolean succeeded() {
    return "completed".equals(status) && unsuccessful() == 0;
  }

  /** Tasks that ended without a result. */
  public long unsuccessful() {
    return failed + expired + cancelled;
  }

  private static ValidationError error(JsonNode json) {
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
