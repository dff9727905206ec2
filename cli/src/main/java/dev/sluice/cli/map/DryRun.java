package dev.sluice.cli.map;

import dev.sluice.api.batch.BatchCost;
import dev.sluice.api.batch.Estimate;
import dev.sluice.cli.batch.PriceNote;
import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.client.ApiResponse;
import dev.sluice.cli.client.Invocation;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.client.ValidationErrors;
import dev.sluice.cli.json.JsonValues;
import dev.sluice.cli.terminal.CommandException;
import dev.sluice.cli.terminal.ExitCode;
import dev.sluice.cli.terminal.HumanFormat;
import dev.sluice.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Prints the first two requests, and the tokens and the cost of all, without a batch. */
final class DryRun {
  private static final String FILENAME = "dry-run.jsonl";
  private static final int EXAMPLES = 2;

  private final Invocation invocation;
  private final SluiceClient client;

  DryRun(Invocation invocation, SluiceClient client) {
    this.invocation = invocation;
    this.client = client;
  }

  int print(RequestFile requests) throws IOException {
    ApiResponse<Estimate> reply =
        client.files().estimate(requests.path(), FILENAME, RequestFile.ENDPOINT);
    Estimate estimate = reply.value();
    if (!estimate.errors().isEmpty()) {
      throw new CommandException(
          ExitCode.INVALID_INPUT, ValidationErrors.format(estimate.errors()));
    }
    List<String> examples = examples(requests);
    if (invocation.json()) {
      invocation.print(json(reply, examples));
      return ExitCode.SUCCESS.code();
    }
    Terminal terminal = invocation.terminal();
    examples.forEach(terminal.out()::println);
    terminal.message(
        "%s: about %s prompt tokens, and at most %s completion tokens."
            .formatted(
                HumanFormat.count(estimate.tasks(), "request"),
                HumanFormat.count(promptTokens(estimate)),
                HumanFormat.count(completionTokens(estimate))));
    terminal.message(price(estimate.cost()));
    terminal.message("Dry run: no batch was created.");
    return ExitCode.SUCCESS.code();
  }

  private static List<String> examples(RequestFile requests) throws IOException {
    List<String> examples = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(requests.path(), StandardCharsets.UTF_8)) {
      for (int at = 0; at < Math.min(EXAMPLES, requests.count()); at++) {
        examples.add(reader.readLine());
      }
    }
    return examples;
  }

  private static long promptTokens(Estimate estimate) {
    return estimate.models().stream().mapToLong(Estimate.ModelEstimate::promptTokens).sum();
  }

  private static long completionTokens(Estimate estimate) {
    return estimate.models().stream().mapToLong(Estimate.ModelEstimate::completionTokens).sum();
  }

  private static String price(BatchCost cost) {
    BigDecimal min = cost.min();
    BigDecimal max = cost.max();
    return min == null || max == null
        ? PriceNote.UNKNOWN
        : "Estimated cost: $%s to $%s (%s)."
            .formatted(HumanFormat.dollars(min), HumanFormat.dollars(max), PriceNote.of(cost));
  }

  private static ObjectNode json(ApiResponse<Estimate> reply, List<String> examples) {
    Estimate estimate = reply.value();
    ObjectNode json =
        JsonValues.object()
            .put("requests", estimate.tasks())
            .put("prompt_tokens", promptTokens(estimate))
            .put("completion_tokens", completionTokens(estimate));
    json.set("cost", reply.json().path("cost"));
    var list = json.putArray("examples");
    examples.forEach(
        example -> list.add(JsonValues.read(example.getBytes(StandardCharsets.UTF_8))));
    return json;
  }
}
