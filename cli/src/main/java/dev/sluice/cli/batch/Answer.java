package dev.sluice.cli.batch;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Answer to one request. */
public sealed interface Answer {
  /** Failure code of a task whose answer is cut off, if the batch does not accept that. */
  String CUT_OFF = "cut_off";

  /** Whether the answer was cut off at its token limit. */
  boolean cutOff();

  /** The text of the answer. */
  record Text(String text, boolean cutOff, List<String> missing) implements Answer {}

  /** The reason why there is no answer. */
  record Missing(String code, String message, boolean cutOff) implements Answer {
    /** Code and message. */
    public String reason() {
      return code + ": " + message;
    }
  }

  /** Reads a line of an output or error file in OpenAI's format. */
  static Answer of(JsonNode line) {
    JsonNode error = line.path("error");
    if (error.isObject()) {
      return missing(error, "failed");
    }
    JsonNode response = line.path("response");
    JsonNode body = response.path("body");
    if (body.path("error").isObject()) {
      return missing(body.path("error"), "http_" + response.path("status_code").asInt(0));
    }
    boolean cutOff = line.path("sluice").path(CUT_OFF).asBoolean(false);
    JsonNode choice = body.path("choices").path(0);
    String content = text(choice.path("message").path("content"));
    if (!content.isBlank()) {
      return new Text(content, cutOff, missing(line));
    }
    String refusal = choice.path("message").path("refusal").asString("");
    return refusal.isEmpty()
        ? new Missing(
            "no_content",
            "The model returned no text (finish_reason: %s)."
                .formatted(choice.path("finish_reason").asString("none")),
            cutOff)
        : new Missing("refusal", refusal, cutOff);
  }

  /** Names of the parts of the document that have no answer. */
  private static List<String> missing(JsonNode line) {
    return line.path("sluice").path("missing").valueStream().map(JsonNode::asString).toList();
  }

  /** The text of a content: a string, or a list of parts, of which reasoning is not shown. */
  private static String text(JsonNode content) {
    if (content.isString()) {
      return content.asString();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (part.path("type").asString("").endsWith("text")) { // text, output_text
        text.append(part.path("text").asString(""));
      }
    }
    return text.toString();
  }

  private static Missing missing(JsonNode error, String defaultCode) {
    String code = error.path("code").asString(error.path("type").asString(""));
    return new Missing(
        code.isEmpty() ? defaultCode : code,
        error.path("message").asString("no reason given"),
        code.equals(CUT_OFF));
  }
}
