package dev.sluice.cli.client;

import dev.sluice.cli.client.BatchState.ValidationError;
import dev.sluice.cli.json.JsonValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Estimated size and cost of a batch file.
 *
 * @param requests number of requests; 0 if the file has errors
 * @param completionTokens tokens of the longest answers that the requests allow
 * @param cost cost, as the producer returns it
 */
public record Estimate(
    long requests,
    long promptTokens,
    long completionTokens,
    JsonNode cost,
    List<ValidationError> errors) {

  /** Estimates a file, which is uploaded for this purpose and deleted again. */
  public static Estimate of(SluiceClient client, Path file, String filename, String endpoint)
      throws IOException {
    String id = client.upload(file, filename);
    try {
      byte[] request =
          JsonValues.bytes(JsonValues.object().put("input_file_id", id).put("endpoint", endpoint));
      return of(client.post("/api/estimate", request, "No batch was created: try again."));
    } finally {
      client.delete("/v1/files/" + SluiceClient.encoded(id));
    }
  }

  private static Estimate of(JsonNode json) {
    return new Estimate(
        json.path("tasks").asLong(0),
        sum(json, "prompt_tokens"),
        sum(json, "completion_tokens"),
        json.path("cost"),
        json.path("errors").valueStream().map(BatchState::error).toList());
  }

  private static long sum(JsonNode json, String name) {
    return json.path("models").valueStream().mapToLong(model -> model.path(name).asLong(0)).sum();
  }
}
