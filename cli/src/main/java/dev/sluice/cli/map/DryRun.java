package dev.sluice.cli.map;

import dev.sluice.cli.batch.PriceNote;
import dev.sluice.cli.batch.RequestFile;
import dev.sluice.cli.client.Estimate;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
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
    Estimate estimate = Estimate.of(client, requests.path(), FILENAME, RequestFile.ENDPOINT);
    if (!estimate.errors().isEmpty()) {
      throw new CommandException(
          ExitCode.INVALID_INPUT, ValidationErrors.format(estimate.errors()));
    }
    List<String> examples = examples(requests);
    if (invocation.json()) {
      invocation.print(json(estimate, examples));
      return ExitCode.SUCCESS.code();
    }
    Terminal terminal = invocation.terminal();
    examples.forEach(terminal.out()::println);
    terminal.message(
        "%s: about %s prompt tokens, and at most %s completion tokens."
            .formatted(
                HumanFormat.count(estimate.requests(), "request"),
                HumanFormat.count(estimate.promptTokens()),
                HumanFormat.count(estimate.completionTokens())));
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

  private static String price(JsonNode cost) {
    return cost.path("max").isNumber()
        ? "Estimated cost: $%s to $%s (%s)."
            .formatted(
                HumanFormat.dollars(cost.path("min").decimalValue()),
                HumanFormat.dollars(cost.path("max").decimalValue()),
                PriceNote.of(cost))
        : PriceNote.UNKNOWN;
  }

  private static ObjectNode json(Estimate estimate, List<String> examples) {
    ObjectNode json =
        JsonValues.object()
            .put("requests", estimate.requests())
            .put("prompt_tokens", estimate.promptTokens())
            .put("completion_tokens", estimate.completionTokens());
    json.set("cost", estimate.cost());
    var list = json.putArray("examples");
    examples.forEach(
        example -> list.add(JsonValues.read(example.getBytes(StandardCharsets.UTF_8))));
    return json;
  }
}
