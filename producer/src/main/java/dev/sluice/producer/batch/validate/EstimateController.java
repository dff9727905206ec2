package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.Estimate;
import dev.sluice.api.batch.InputError;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.cost.ModelUsage;
import dev.sluice.producer.batch.cost.PriceList;
import dev.sluice.producer.file.Files;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.web.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The endpoint that validates an input file and estimates the cost of its batch. */
@RestController
class EstimateController {
  private final Files files;
  private final InputReader reader;
  private final PriceList prices;

  EstimateController(Files files, InputReader reader, PriceList prices) {
    this.files = files;
    this.reader = reader;
    this.prices = prices;
  }

  record EstimateRequest(@Nullable String inputFileId, @Nullable String endpoint) {}

  @PostMapping("/api/estimate")
  Estimate estimate(Project project, @RequestBody EstimateRequest estimateRequest) {
    String file = required(estimateRequest.inputFileId(), "input_file_id");
    String endpoint = required(estimateRequest.endpoint(), "endpoint");
    StoredFile storedFile =
        files
            .find(project, file)
            .orElseThrow(
                () -> ApiException.notFound("No such File object: " + file, "input_file_id"));
    UsageEstimate usageEstimate = new UsageEstimate();
    List<InputError> errors =
        reader.read(
            storedFile,
            endpoint,
            request -> {
              usageEstimate.add(request);
              return true;
            });
    List<ModelUsage> usages = errors.isEmpty() ? List.copyOf(usageEstimate.usages()) : List.of();
    return new Estimate(
        usages.stream().mapToLong(ModelUsage::tasks).sum(),
        errors,
        usages.stream()
            .map(
                usage ->
                    new Estimate.ModelEstimate(
                        usage.route(),
                        usage.model(),
                        usage.tasks(),
                        usage.estimatedPromptTokens(),
                        usage.estimatedCompletionTokens(),
                        prices.cost(List.of(usage))))
            .toList(),
        prices.cost(usages));
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
