package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * A batch file to submit.
 *
 * @param filename name of the file in the upload
 * @param endpoint path of its requests
 * @param completionWindow maximum duration in OpenAI's format ({@code 24h})
 * @param name display name of the batch
 * @param priority weight relative to other batches, 1-100
 * @param extensions Sluice's other extensions
 */
public record BatchRequest(
    Path file,
    String filename,
    String endpoint,
    String completionWindow,
    Optional<String> name,
    OptionalInt priority,
    BatchExtensions extensions) {

  /** The request to create the batch of the uploaded file. */
  ObjectNode json(String fileId) {
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
