package dev.sluice.producer.batch;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.common.wire.MessagesApi;
import dev.sluice.common.wire.ServiceTier;
import dev.sluice.producer.file.FileExpiry;
import dev.sluice.producer.store.BatchDefinition;
import dev.sluice.producer.store.CutOffPolicy;
import dev.sluice.producer.store.NewBatches;
import dev.sluice.producer.store.StopCondition;
import dev.sluice.producer.web.ApiException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request to create a batch, not validated yet.
 *
 * @param priority Sluice's extension: its weight in fair queueing, 1-100
 * @param budget Sluice's extension: the cost in US dollars at which the batch is paused
 * @param cutOff Sluice's extension: {@code keep} or {@code fail}, for answers that are cut off
 * @param stopAfter Sluice's extension: the failures at which the batch is paused
 * @param reuse Sluice's extension: how long ago a stored result may have finished that answers an
 *     identical request, such as {@code 7d}
 * @param tier Sluice's extension: {@code flex} or {@code standard}, the service tier of its calls
 * @param answerCheck Sluice's extension: the JSON schema that each answer must fit
 */
record NewBatch(
    @Nullable String inputFileId,
    @Nullable String endpoint,
    @Nullable String completionWindow,
    @Nullable Map<String, String> metadata,
    @Nullable Integer priority,
    @Nullable FileExpiry outputExpiresAfter,
    @Nullable BigDecimal budget,
    @Nullable String cutOff,
    @Nullable StopCondition stopAfter,
    @Nullable String reuse,
    @Nullable String tier,
    @JsonProperty("check") @Nullable CheckRequest answerCheck) {
  private static final List<String> ENDPOINTS =
      List.of(
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/embeddings",
          MessagesApi.MESSAGES,
          "/v1/moderations",
          "/v1/responses");
  private static final List<String> FLEX_ENDPOINTS =
      List.of("/v1/chat/completions", "/v1/responses");
  private static final int DEFAULT_PRIORITY = 10;
  private static final int MAX_PRIORITY = 100;
  private static final int MAX_METADATA_PAIRS = 16;
  private static final int MAX_KEY_LENGTH = 64;
  private static final int MAX_VALUE_LENGTH = 512;

  /**
   * The validated request, with defaults for absent values.
   *
   * @param window the time until the batch expires
   * @param budget null for no limit
   */
  record ValidatedBatch(BatchDefinition definition, Duration window, @Nullable BigDecimal budget) {

    /** Whether the batch was created from an equal request. */
    boolean matches(NewBatches.CreatedBatch created) {
      return created.batch().definition().equals(definition)
          && isSameAmount(created.requestedBudget(), budget);
    }

    /** Ignores trailing zeros. */
    private static boolean isSameAmount(@Nullable BigDecimal one, @Nullable BigDecimal other) {
      if (one == null || other == null) {
        return one == null && other == null;
      }
      return one.compareTo(other) == 0;
    }
  }

  /**
   * Validates the request.
   *
   * @throws ApiException if a value is missing or invalid
   */
  ValidatedBatch check() {
    String file = required(inputFileId, "input_file_id");
    String path = required(endpoint, "endpoint");
    String window = required(completionWindow, "completion_window");
    if (!ENDPOINTS.contains(path)) {
      throw ApiException.badRequest(
          "Invalid value for 'endpoint': '%s'. Supported values are: %s."
              .formatted(path, String.join(", ", ENDPOINTS)),
          "endpoint",
          "invalid_value");
    }
    Duration time = duration(window, "completion_window", "24h");
    checkMetadata();
    Duration lifetime =
        outputExpiresAfter == null ? null : outputExpiresAfter.check("output_expires_after");
    int weight = checkedPriority();
    BigDecimal dollars = BudgetAmount.checked(budget, "budget");
    return new ValidatedBatch(
        new BatchDefinition(
            file,
            path,
            window,
            metadata,
            weight,
            lifetime,
            checkedCutOff(),
            checkedStopAfter(),
            reuse == null ? null : duration(reuse, "reuse", "7d"),
            CheckRequest.checked(answerCheck, path),
            checkedTier(path)),
        time,
        dollars);
  }

  private static Duration duration(String text, String parameter, String example) {
    return CompletionWindow.parse(text)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "Invalid value for '%s': '%s'. It must be a number of minutes (m), hours (h) or days (d) up to 30d, such as %s."
                        .formatted(parameter, text, example),
                    parameter,
                    "invalid_value"));
  }

  private int checkedPriority() {
    if (priority == null) {
      return DEFAULT_PRIORITY;
    }
    if (priority < 1 || priority > MAX_PRIORITY) {
      throw ApiException.badRequest(
          "Invalid value for 'priority': %d. It must be an integer from 1 to %d; the default is %d."
              .formatted(priority, MAX_PRIORITY, DEFAULT_PRIORITY),
          "priority",
          "invalid_value");
    }
    return priority;
  }

  private CutOffPolicy checkedCutOff() {
    return switch (cutOff) {
      case null -> CutOffPolicy.KEEP;
      case "keep" -> CutOffPolicy.KEEP;
      case "fail" -> CutOffPolicy.FAIL;
      default ->
          throw ApiException.badRequest(
              "Invalid value for 'cut_off': '%s'. It must be 'keep' or 'fail'; the default is 'keep'."
                  .formatted(cutOff),
              "cut_off",
              "invalid_value");
    };
  }

  private @Nullable ServiceTier checkedTier(String path) {
    if (tier == null) {
      return null;
    }
    ServiceTier requested =
        ServiceTier.fromWire(tier)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "Invalid value for 'tier': '%s'. It must be 'flex' or 'standard'; the default is the tier of the route."
                            .formatted(tier),
                        "tier",
                        "invalid_value"));
    if (requested == ServiceTier.FLEX && !FLEX_ENDPOINTS.contains(path)) {
      throw ApiException.badRequest(
          "'tier' is not available for %s. Providers have a flex tier for %s; omit 'tier'."
              .formatted(path, String.join(" and ", FLEX_ENDPOINTS)),
          "tier",
          "invalid_value");
    }
    return requested;
  }

  private @Nullable StopCondition checkedStopAfter() {
    if (stopAfter != null && !stopAfter.hasValidLimits()) {
      throw ApiException.badRequest(
          "Invalid value for 'stop_after'. It is {\"failed\": 50, \"of_first\": 200} or {\"failed_ratio\": 0.3, \"of_first\": 200}: 'of_first' is at least 1, 'failed' is from 1 to 'of_first', and 'failed_ratio' is above 0 and at most 1.",
          "stop_after",
          "invalid_value");
    }
    return stopAfter;
  }

  private void checkMetadata() {
    if (metadata == null) {
      return;
    }
    boolean fits =
        metadata.size() <= MAX_METADATA_PAIRS
            && metadata.entrySet().stream()
                .allMatch(
                    entry ->
                        entry.getKey().length() <= MAX_KEY_LENGTH
                            && entry.getValue() != null
                            && entry.getValue().length() <= MAX_VALUE_LENGTH
                            && (entry.getKey() + entry.getValue()).indexOf(0) < 0);
    if (!fits) {
      throw ApiException.badRequest(
          "Invalid value for 'metadata'. It may have at most 16 pairs of strings, with keys of at most 64 and values of at most 512 characters.",
          "metadata",
          "invalid_value");
    }
  }

  private static String required(@Nullable String value, String parameter) {
    if (value == null || value.isBlank()) {
      throw ApiException.badRequest(
          "Missing required parameter: '" + parameter + "'.",
          parameter,
          "missing_required_parameter");
    }
    return value;
  }
}
