package dev.sluice.cli.client;

import dev.sluice.cli.json.JsonValues;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * A batch to make.
 *
 * @param fileId the uploaded batch file
 * @param endpoint the path that its lines call
 * @param window how long it may take, as OpenAI writes it ({@code 24h})
 * @param name what people call it
 * @param priority its weight against other batches
 */
record BatchRequest(
    String fileId, String endpoint, String window, Optional<String> name, OptionalInt priority) {

  ObjectNode json() {
    ObjectNode json =
        JsonValues.object()
            .put("input_file_id", fileId)
            .put("endpoint", endpoint)
            .put("completion_window", window);
    name.ifPresent(text -> json.putObject("metadata").put("name", text));
    priority.ifPresent(weight -> json.put("priority", weight));
    return json;
  }
}
