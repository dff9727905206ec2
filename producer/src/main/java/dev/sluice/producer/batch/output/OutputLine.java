package dev.sluice.producer.batch.output;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.producer.store.FinishedTask;
import dev.sluice.producer.store.ResultCursor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the line of a task in its batch's output or error file, in OpenAI's format.
 *
 * <p>It contains the provider's JSON byte for byte, except that each newline becomes a space. JSON
 * has newlines only between tokens, so no value changes.
 */
final class OutputLine {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The provider's response to such a task has a 2xx status, but is not kept. */
  private static final Set<String> WITHOUT_RESPONSE =
      Set.of(FailureCode.CUT_OFF.wireName(), FailureCode.INVALID_OUTPUT.wireName());

  private OutputLine() {}

  /** The line in a result file. */
  static byte[] of(FinishedTask task) {
    return line(task, null);
  }

  /** The line in a response of the results endpoint. */
  static byte[] withCursor(FinishedTask task, ResultCursor cursor) {
    return line(task, cursor);
  }

  private static byte[] line(FinishedTask task, @Nullable ResultCursor cursor) {
    Line line = new Line();
    line.raw("{\"id\":").text("batch_req_" + task.id().toString().replace("-", ""));
    line.raw(",\"custom_id\":").text(task.customId());
    FinishedTask.Response response = task.response();
    byte[] reply = response.reply();
    Integer status = response.status();
    if (reply != null) {
      line.response(status == null ? 200 : status, response.requestId(), replyBody(reply));
    } else if (status != null && !isWithoutResponse(task)) {
      line.response(status, response.requestId(), providerError(task));
    } else {
      line.raw(",\"response\":null,\"error\":").raw(JSON.writeValueAsBytes(error(task)));
    }
    Map<String, Object> extension = extension(task, cursor);
    if (!extension.isEmpty()) {
      line.raw(",\"sluice\":").raw(JSON.writeValueAsBytes(extension));
    }
    return line.raw("}\n").bytes();
  }

  /** What OpenAI's format does not have. */
  private static Map<String, Object> extension(FinishedTask task, @Nullable ResultCursor cursor) {
    Map<String, Object> extension = new LinkedHashMap<>();
    if (cursor != null) {
      extension.put("cursor", cursor.toString());
    }
    boolean replied = task.response().reply() != null;
    if (replied && task.cutOff()) {
      extension.put("cut_off", true);
    }
    if (task.reused()) {
      extension.put("reused", true);
    }
    if (!task.missing().isEmpty()) {
      extension.put("partial", true);
      extension.put("missing", task.missing());
    }
    FinishedTask.Check check = task.check();
    if (replied && check != null) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("answers", check.answers());
      if (check.accepted()) {
        members.put("accepted", true);
      }
      extension.put("check", members);
    }
    return extension;
  }

  private static boolean isWithoutResponse(FinishedTask task) {
    String code = task.failureCode();
    return code != null && WITHOUT_RESPONSE.contains(code);
  }

  private static byte[] replyBody(byte[] reply) {
    if (Json.isObject(reply)) {
      return onOneLine(reply);
    }
    return JSON.writeValueAsBytes(new String(reply, StandardCharsets.UTF_8));
  }

  private static byte[] onOneLine(byte[] json) {
    byte[] line = json.clone();
    for (int i = 0; i < line.length; i++) {
      if (line[i] == '\n' || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    return line;
  }

  /** The provider's error body if it is valid JSON; a stored body may be truncated. */
  private static byte[] providerError(FinishedTask task) {
    String detail = detail(task);
    byte[] bytes = detail.getBytes(StandardCharsets.UTF_8);
    if (Json.isObject(bytes)) {
      return onOneLine(bytes);
    }
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", detail);
    error.put("type", "provider_error");
    error.put("param", null);
    error.put("code", task.failureCode());
    return JSON.writeValueAsBytes(Map.of("error", error));
  }

  private static Map<String, String> error(FinishedTask task) {
    Map<String, String> error = new LinkedHashMap<>();
    switch (task.state()) {
      case "expired" -> {
        error.put("code", "batch_expired");
        error.put(
            "message", "This request could not be executed before the completion window expired.");
      }
      case "cancelled" -> {
        error.put("code", "batch_cancelled");
        error.put("message", "The batch was cancelled before this request was executed.");
      }
      default -> {
        String code = task.failureCode();
        error.put("code", code == null ? "unknown" : code);
        error.put("message", detail(task));
      }
    }
    return error;
  }

  private static String detail(FinishedTask task) {
    String detail = task.failureDetail();
    return detail == null ? "" : detail;
  }

  /** Builds a line from raw bytes and JSON strings. */
  private static final class Line {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    Line raw(String ascii) {
      return raw(ascii.getBytes(StandardCharsets.UTF_8));
    }

    Line raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Line text(@Nullable String value) {
      return raw(value == null ? new byte[] {'n', 'u', 'l', 'l'} : JSON.writeValueAsBytes(value));
    }

    void response(int status, @Nullable String requestId, byte[] body) {
      raw(",\"response\":{\"status_code\":").raw(Integer.toString(status));
      raw(",\"request_id\":").text(requestId);
      raw(",\"body\":").raw(body).raw("},\"error\":null");
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
