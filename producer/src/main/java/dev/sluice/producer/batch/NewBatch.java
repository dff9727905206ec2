package dev.sluice.producer.batch;

import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.file.FileExpiry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The request that creates a batch, as it came.
 *
 * @param priority Sluice's own: its weight against other batches
 * @param budget Sluice's own: how many dollars it may cost before it is paused
 */
record NewBatch(
    @Nullable String inputFileId,
    @Nullable String endpoint,
    @Nullable String completionWindow,
    @Nullable Map<String, String> metadata,
    @Nullable Integer priority,
    @Nullable FileExpiry outputExpiresAfter,
    @Nullable BigDecimal budget) {
  private static final List<String> ENDPOINTS =
      List.of(
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/embeddings",
          "/v1/moderations",
          "/v1/responses");
  private static final int USUAL_PRIORITY = 10;
  private static final int HIGHEST_PRIORITY = 100;
  private static final int MOST_METADATA = 16;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_VALUE = 512;

  /** The same request, all of it there and right. */
  record ValidatedBatch(
      String inputFileId,
      String endpoint,
      String completionWindow,
      Duration window,
      @Nullable Map<String, String> metadata,
      int priority,
      @Nullable Duration outputLifetime,
      @Nullable BigDecimal budget) {

    /** Whether a batch was made of the same request. */
    boolean made(Batch batch) {
      return batch.inputFileId().equals(inputFileId)
          && batch.endpoint().equals(endpoint)
          && batch.completionWindow().equals(completionWindow)
          && batch.priority() == priority
          && Objects.equals(batch.metadata(), metadata)
          && Objects.equals(batch.outputLifetime(), outputLifetime);
    }
  }

  ValidatedBatch check() {
    String file = required(inputFileId, "input_file_id");
    String path = required(endpoint, "endpoint");
    String window = required(completionWindow, "completion_window");
    if (!ENDPOINTS.contains(path)) {
      throw ApiException.badRequest(
          "Invalid value: '%s'. Supported values are: %s."
              .formatted(path, String.join(", ", ENDPOINTS)),
          "endpoint",
          "invalid_value");
    }
    Duration time =
        CompletionWindow.parse(window)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "Invalid value: '%s'. A completion window is a number of minutes, hours or days up to 30d, such as 24h."
                            .formatted(window),
                        "completion_window",
                        "invalid_value"));
    checkMetadata();
    Duration lifetime =
        outputExpiresAfter == null ? null : outputExpiresAfter.check("output_expires_after");
    return new ValidatedBatch(
        file,
        path,
        window,
        time,
        metadata,
        checkedPriority(),
        lifetime,
        BudgetAmount.checked(budget, "budget"));
  }

  private int checkedPriority() {
    if (priority == null) {
      return USUAL_PRIORITY;
    }
    if (priority < 1 || priority > HIGHEST_PRIORITY) {
      throw ApiException.badRequest(
          "Invalid value: %d. A priority is a whole number from 1 to %d; %d is the usual one."
              .formatted(priority, HIGHEST_PRIORITY, USUAL_PRIORITY),
          "priority",
          "invalid_value");
    }
    return priority;
  }

  private void checkMetadata() {
    if (metadata == null) {
      return;
    }
    boolean fits =
        metadata.size() <= MOST_METADATA
            && metadata.entrySet().stream()
                .allMatch(
                    entry ->
                        entry.getKey().length() <= LONGEST_KEY
                            && entry.getValue() != null
                            && entry.getValue().length() <= LONGEST_VALUE
                            && (entry.getKey() + entry.getValue()).indexOf(0) < 0);
    if (!fits) {
      throw ApiException.badRequest(
          "metadata has at most 16 pairs of text, keys of at most 64 characters and values of at most 512.",
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
