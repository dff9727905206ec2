package dev.sluice.producer.store;

import dev.sluice.api.batch.StopReason;
import dev.sluice.common.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Creates the reasons of stop conditions. */
final class StopReasons {
  private static final int MAX_LENGTH = 300;

  private StopReasons() {}

  /**
   * Creates a reason.
   *
   * @param detail the failure detail: the provider's error JSON or a sentence
   */
  static StopReason of(long failed, long ended, String code, String detail) {
    return new StopReason(failed, ended, code, truncated(storable(message(detail))));
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
