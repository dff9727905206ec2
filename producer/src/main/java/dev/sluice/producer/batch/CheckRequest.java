package dev.sluice.producer.batch;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.platform.check.AnswerSchema;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.platform.check.InvalidSchemaException;
import dev.sluice.producer.web.ApiException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The member {@code check} of a request to create a batch, not validated yet: {@code {"schema":
 * {…}, "re_ask": 2}}.
 *
 * @param schema a JSON schema of draft 2020-12
 * @param reAsk maximum number of times that the model is asked again; null for 2
 */
record CheckRequest(@Nullable JsonNode schema, @Nullable Integer reAsk) {

  /**
   * Validates the member.
   *
   * @param request null for no check
   * @throws ApiException if a value is missing or invalid, or the endpoint's answers are not text
   */
  static AnswerCheck checked(@Nullable CheckRequest request, String endpoint) {
    if (request == null) {
      return AnswerCheck.NONE;
    }
    if (!AnswerText.isSupported(endpoint)) {
      throw ApiException.badRequest(
          "'check' is not available for %s. It is available for %s; omit 'check'."
              .formatted(endpoint, String.join(" and ", AnswerText.ENDPOINTS)),
          "check",
          "invalid_value");
    }
    return AnswerCheck.of(checkedSchema(request.schema()), checkedReAsk(request.reAsk()));
  }

  private static String checkedSchema(@Nullable JsonNode schema) {
    if (schema == null || schema.isNull()) {
      throw ApiException.badRequest(
          "Missing required parameter: 'check.schema'.",
          "check.schema",
          "missing_required_parameter");
    }
    String json = schema.toString();
    try {
      AnswerSchema.parse(json);
      return json;
    } catch (InvalidSchemaException invalid) {
      throw ApiException.badRequest(
          "'check.schema' is not a usable JSON schema of draft 2020-12: %s."
              .formatted(invalid.getMessage()),
          "check.schema",
          "invalid_value");
    }
  }

  private static int checkedReAsk(@Nullable Integer reAsk) {
    if (reAsk == null) {
      return AnswerCheck.DEFAULT_RE_ASK;
    }
    if (reAsk < 0 || reAsk > AnswerCheck.MAX_RE_ASK) {
      throw ApiException.badRequest(
          "Invalid value for 'check.re_ask': %d. It must be an integer from 0 to %d; the default is %d."
              .formatted(reAsk, AnswerCheck.MAX_RE_ASK, AnswerCheck.DEFAULT_RE_ASK),
          "check.re_ask",
          "invalid_value");
    }
    return reAsk;
  }
}
