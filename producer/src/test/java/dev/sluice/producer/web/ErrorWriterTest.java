package dev.sluice.producer.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.api.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorWriterTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final ApiError ERROR = ApiError.of("Too many.", "requests", null, "code");

  private final ErrorWriter errors = new ErrorWriter(JSON);

  @ParameterizedTest
  @CsvSource({
    "/v1/messages, 400, invalid_request_error",
    "/v1/messages, 401, authentication_error",
    "/v1/messages, 403, permission_error",
    "/v1/messages, 404, not_found_error",
    "/v1/messages, 413, request_too_large",
    "/v1/messages/count_tokens, 429, rate_limit_error",
    "/v1/messages/unknown, 502, api_error",
    "/v1/messages, 503, api_error",
    "/v1/messages, 504, timeout_error"
  })
  void errorsOnAnthropicsPathsHaveItsShape(String path, int status, String type) {
    Map<String, String> headers = new HashMap<>();

    JsonNode error = JSON.readTree(errors.bytes(path, status, ERROR, headers::put));

    assertThat(error.propertyNames()).containsExactly("type", "error", "request_id");
    assertThat(error.path("type").asString()).isEqualTo("error");
    assertThat(error.path("error").toString())
        .isEqualTo("{\"type\":\"%s\",\"message\":\"Too many.\"}".formatted(type));
    assertThat(error.path("request_id").asString()).startsWith("req_");
    assertThat(headers).containsExactly(entry("request-id", error.path("request_id").asString()));
  }

  @Test
  void errorsOnOtherPathsHaveOpenAisShape() {
    Map<String, String> headers = new HashMap<>();

    byte[] error = errors.bytes("/v1/messagesx", 429, ERROR, headers::put);

    assertThat(headers).isEmpty();
    assertThat(new String(error, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"error\":{\"message\":\"Too many.\",\"type\":\"requests\",\"param\":null,\"code\":\"code\"}}");
  }
}
