package dev.sluice.producer.validate;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.InputError;
import dev.sluice.producer.cost.ModelUsage;
import dev.sluice.producer.cost.PriceList;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What a batch of a file would be: what is wrong with it, how many tasks, and what they cost. */
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
    if (files.find(project, file).isEmpty()) {
      throw ApiException.notFound("No such File object: " + file, "input_file_id");
    }
    UsageEstimate usageEstimate = new UsageEstimate();
    List<InputError> errors = reader.read(file, endpoint, usageEstimate::add);
    List<ModelUsage> uses = errors.isEmpty() ? List.copyOf(usageEstimate.uses()) : List.of();
    return new Estimate(
        uses.stream().mapToLong(ModelUsage::tasks).sum(),
        errors,
        uses.stream()
            .map(
                use ->
                    new ModelEstimate(
                        use.route(),
                        use.model(),
                        use.tasks(),
                        use.estimatedPrompt(),
                        use.estimatedReply(),
                        prices.cost(List.of(use))))
            .toList(),
        prices.cost(uses));
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

  /**
   * The estimate.
   *
   * @param tasks 0 where anything is wrong
   * @param errors about a hundred at most
   */
  record Estimate(
      long tasks, List<InputError> errors, List<ModelEstimate> models, PriceList.BatchCost cost) {}

  /** The part of one model of a route. */
  record ModelEstimate(
      String route,
      String model,
      long tasks,
      long promptTokens,
      long replyTokens,
      PriceList.BatchCost cost) {}
}
