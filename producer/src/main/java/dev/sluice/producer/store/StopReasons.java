package dev.sluice.producer.store;

import dev.sluice.api.batch.StopReason;
import dev.sluice.common.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates, stores and reads the reasons of stop conditions.
 *
 * <p>The stored JSON of all versions has the number of finished tasks as {@code ended}.
 */
final class StopReasons {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_LENGTH = 300;

  private StopReasons() {}

  /**
   * Creates a reason.
   *
   * @param detail the failure detail: the provider's error JSON or a sentence
   */
  static StopReason of(long failed, long finished, String code, String detail) {
    return new StopReason(failed, finished, code, truncated(storable(message(detail))));
  }

  /** The JSON of the column {@code stop_reason}. */
  static String json(StopReason reason) {
    return JSON.writeValueAsString(
        JSON.createObjectNode()
            .put("failed", reason.failed())
            .put("ended", reason.finished())
            .put("code", reason.code())
            .put("message", reason.message()));
  }

  /** Reads the JSON of the column {@code stop_reason}. */
  static StopReason read(String json) {
    JsonNode reason = JSON.readTree(json);
    return new StopReason(
        reason.path("failed").asLong(),
        reason.path("ended").asLong(),
        reason.path("code").asString(),
        reason.path("message").asString());
  }

  private static String message(String detail) {
    JsonNode json = Json.object(detail.getBytes(StandardCharsets.UTF_8)).orElse(null);
    if (json == null) {
      return detail;
    }
    JsonNode error = json.path("error");
    return error.path("message").asString(error.asString(json.path("message").asString(detail)));
  }

  /** PostgreSQL rejects NUL in JSON. A provider may send it as an escape. */
  private static String storable(String message) {
    return message.replace('\0', ' ');
  }

  private static String truncated(String message) {
    String line = message.strip().replaceAll("\\s+", " ");
    return line.codePointCount(0, line.length()) <= MAX_LENGTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MAX_LENGTH - 1)) + "…";
  }
}
