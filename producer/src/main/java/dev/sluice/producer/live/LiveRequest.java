package dev.sluice.producer.live;

import dev.sluice.common.json.Json;
import dev.sluice.common.json.RequestSummary;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.RequestHeaders;
import dev.sluice.common.wire.TaskCodec;
import dev.sluice.common.wire.Traceparent;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A parsed live request.
 *
 * @param body the body to send to the provider
 * @param step the step of the client's program that makes the call; empty if the request names none
 * @param trimTo the maximum number of prompt tokens; 0 for no trimming
 * @param headers the caller's HTTP headers for the provider
 * @param timeout how long the caller waits for the reply to begin
 * @param traceparent W3C trace context of the request; null for none
 */
record LiveRequest(
    String endpoint,
    RouteSettings route,
    String model,
    Payload body,
    String step,
    int trimTo,
    Map<String, String> headers,
    Duration timeout,
    @Nullable String traceparent) {
  static final String STEP = "X-Sluice-Step";
  static final String TRIM = "X-Sluice-Trim";
  static final String TIMEOUT = "X-Sluice-Timeout";

  private static final Pattern TIME = Pattern.compile("(\\d{1,7})(ms|s|m|h)?");
  private static final int MAX_STEP_LENGTH = 64;
  private static final int MAX_QUOTE_LENGTH = 100;
  private static final Set<String> MEMBERS =
      Set.of(SluiceFieldRemover.FIELD, "model", "metadata", "stream", "user");

  /**
   * Reads and checks a request.
   *
   * @throws ApiException 400, 404 or 413, with the invalid parameter
   */
  static LiveRequest read(HttpServletRequest request, Routes routes, LiveSettings settings)
      throws IOException {
    byte[] bytes = request.getInputStream().readNBytes(TaskCodec.MAX_BODY_BYTES + 1);
    if (bytes.length > TaskCodec.MAX_BODY_BYTES) {
      throw ApiException.tooLarge(
          "The request body has more than %d bytes, the maximum."
              .formatted(TaskCodec.MAX_BODY_BYTES),
          null);
    }
    Payload payload = Payload.of(bytes);
    JsonNode json =
        Json.members(bytes, MEMBERS)
            .filter(object -> payload.isUtf8())
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "The request body %s.".formatted(Json.problem(bytes, MEMBERS)),
                        null,
                        null));
    checkStream(json.path("stream"));
    JsonNode own = json.path(SluiceFieldRemover.FIELD);
    return new LiveRequest(
        request.getServletPath(),
        route(json, routes),
        json.path("model").asString(""),
        own.isMissingNode() ? payload : SluiceFieldRemover.remove(payload).orElse(payload),
        step(request.getHeader(STEP), own, json),
        trim(request.getHeader(TRIM), own),
        headers(request),
        timeout(request.getHeader(TIMEOUT), settings),
        trace(request.getHeader("traceparent")));
  }

  /** Some providers stream after a value that is not a boolean, and Sluice would not forward it. */
  static void checkStream(JsonNode stream) {
    String invalid = RequestSummary.invalidStream(stream);
    if (invalid != null) {
      throw ApiException.badRequest(
          "Invalid value for 'stream': %s. It must be true, false or null."
              .formatted(
                  invalid.length() <= MAX_QUOTE_LENGTH
                      ? invalid
                      : invalid.substring(0, MAX_QUOTE_LENGTH) + "…"),
          "stream",
          "invalid_type");
    }
  }

  private static RouteSettings route(JsonNode json, Routes routes) {
    JsonNode model = json.path("model");
    if (!model.isString()) {
      throw ApiException.badRequest(
          "Missing required parameter: 'model'.", "model", "missing_required_parameter");
    }
    return routes
        .forModel(model.asString())
        .orElseThrow(() -> ApiException.noSuchModel(model.asString()));
  }

  /** Order of precedence: header, {@code sluice.step}, LangGraph's metadata, OpenAI's fields. */
  private static String step(@Nullable String header, JsonNode own, JsonNode json) {
    String step =
        Stream.of(
                header == null ? "" : header,
                own.path("step").asString(""),
                json.path("metadata").path("langgraph_node").asString(""),
                json.path("metadata").path("step").asString(""),
                json.path("user").asString(""))
            .map(name -> name.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip())
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElse("");
    return step.length() <= MAX_STEP_LENGTH ? step : step.substring(0, MAX_STEP_LENGTH);
  }

  private static int trim(@Nullable String header, JsonNode own) {
    String value = header == null ? own.path("trim").asString("") : header.strip();
    if (value.isEmpty()) {
      return 0;
    }
    if (!value.matches("[1-9]\\d{0,8}")) {
      throw ApiException.badRequest(
          "Invalid value for %s: '%s'. It must be a number of tokens, at least 1."
              .formatted(TRIM, value),
          header == null ? "sluice.trim" : TRIM,
          "invalid_value");
    }
    return Integer.parseInt(value);
  }

  /** A list in several headers of one name is joined. */
  private static Map<String, String> headers(HttpServletRequest request) {
    Map<String, String> headers = new TreeMap<>();
    RequestHeaders.names()
        .forEach(
            name -> {
              List<String> values = Collections.list(request.getHeaders(name));
              if (!values.isEmpty()) {
                headers.put(name, checked(name, String.join(",", values)));
              }
            });
    return headers;
  }

  private static String checked(String header, String value) {
    if (!RequestHeaders.isValid(value)) {
      throw ApiException.badRequest(
          "Invalid value for the header %s. It must be 1-1023 visible ASCII characters."
              .formatted(header),
          header,
          "invalid_value");
    }
    return value;
  }

  private static Duration timeout(@Nullable String header, LiveSettings settings) {
    if (header == null) {
      return settings.timeout();
    }
    Matcher time = TIME.matcher(header.strip().toLowerCase(Locale.ROOT));
    Duration value = time.matches() ? duration(time) : Duration.ZERO;
    if (!value.isPositive() || value.compareTo(LiveSettings.MAX_TIMEOUT) > 0) {
      throw ApiException.badRequest(
          "Invalid value for %s: '%s'. It must be seconds or a duration such as 500ms, 30s or 5m, at most 1h."
              .formatted(TIMEOUT, header),
          TIMEOUT,
          "invalid_value");
    }
    return value;
  }

  private static Duration duration(Matcher time) {
    long number = Long.parseLong(time.group(1));
    return switch (Optional.ofNullable(time.group(2)).orElse("s")) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static @Nullable String trace(@Nullable String header) {
    return header != null && Traceparent.isValid(header) ? header : null;
  }
}
