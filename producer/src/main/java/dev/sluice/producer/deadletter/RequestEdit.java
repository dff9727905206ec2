package dev.sluice.producer.deadletter;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a replay changes in a task.
 *
 * @param request another request
 * @param patch merged into the request, as RFC 7396 says
 */
record RequestEdit(
    @Nullable JsonNode request,
    @Nullable JsonNode patch,
    @Nullable String model,
    @Nullable String route) {
  /** JSON's null is none: a job's edit has been through JSON. */
  RequestEdit {
    request = request == null || request.isNull() ? null : request;
    patch = patch == null || patch.isNull() ? null : patch;
  }

  static final RequestEdit NONE = new RequestEdit(null, null, null, null);

  /** For those who read later what was changed; null where nothing was. */
  @Nullable String inWords() {
    StringBuilder words = new StringBuilder();
    if (request != null) {
      words.append("another request; ");
    }
    if (patch != null) {
      words.append("patch ").append(patch).append("; ");
    }
    if (model != null) {
      words.append("model ").append(model).append("; ");
    }
    if (route != null) {
      words.append("route ").append(route).append("; ");
    }
    return words.isEmpty() ? null : words.substring(0, words.length() - 2);
  }
}
