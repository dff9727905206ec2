package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * Request to create a batch.
 *
 * @param fileId id of the uploaded batch file
 * @param endpoint path of its requests
 * @param completionWindow maximum duration in OpenAI's format ({@code 24h})
 * @param name display name
 * @param priority weight relative to other batches, 1-100
 * @param extensions Sluice's other extensions
 */
record BatchRequest(
    String fileId,
    String endpoint,
    String completionWindow,
    Optional<String> name,
    OptionalInt priority,
    BatchExtensions extensions) {

  ObjectNode json() {
    ObjectNode json =
        JsonValues.object()
            .put("input_file_id", fileId)
            .put("endpoint", endpoint)
            .put("completion_window", completionWindow);
    name.ifPresent(text -> json.putObject("metadata").put("name", text));
    priority.ifPresent(weight -> json.put("priority", weight));
    extensions.addTo(json);
    return json;
  }
}
