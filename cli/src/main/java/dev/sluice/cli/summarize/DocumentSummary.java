package dev.sluice.cli.summarize;

import tools.jackson.databind.JsonNode;

/** Result of one document. */
sealed interface DocumentSummary {
  /** The summary. */
  record Written(String text) implements DocumentSummary {}

  /** The reason why there is no summary. */
  record Missing(String code, String message) implements DocumentSummary {}

  /** Reads a line of an output or error file in OpenAI's format. */
  static DocumentSummary of(JsonNode line) {
    JsonNode error = line.path("error");
    if (error.isObject()) {
      return missing(error, "failed");
    }
    JsonNode response = line.path("response");
    JsonNode body = response.path("body");
    if (body.path("error").isObject()) {
      return missing(body.path("error"), "http_" + response.path("status_code").asInt(0));
    }
    JsonNode choice = body.path("choices").path(0);
    String content = text(choice.path("message").path("content"));
    if (!content.isBlank()) {
      return new Written(content);
    }
    String refusal = choice.path("message").path("refusal").asString("");
    return refusal.isEmpty()
        ? new Missing(
            "no_content",
            "The model returned no text (finish_reason: %s)."
                .formatted(choice.path("finish_reason").asString("none")))
        : new Missing("refusal", refusal);
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
        code.isEmpty() ? defaultCode : code, error.path("message").asString("no reason given"));
  }
}
