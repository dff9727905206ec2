package dev.sluice.producer.deadletter;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The changes that a replay makes to a task; null for no change. Stored as JSON with these names.
 *
 * @param request replaces the request
 * @param patch a JSON merge patch (RFC 7396), applied after {@code request}
 * @param model replaces the model, after the patch
 * @param route the route to publish to
 */
public record RequestEdit(
    @Nullable JsonNode request,
    @Nullable JsonNode patch,
    @Nullable String model,
    @Nullable String route) {
  /** A bulk job reads its edit from JSON, where absent members become a JSON null. */
  public RequestEdit {
    request = request == null || request.isNull() ? null : request;
    patch = patch == null || patch.isNull() ? null : patch;
  }

  /** Changes nothing. */
  public static final RequestEdit NONE = new RequestEdit(null, null, null, null);

  /** Returns a summary for the audit log; null if nothing changes. */
  @Nullable String summary() {
    StringBuilder summary = new StringBuilder();
    if (request != null) {
      summary.append("new request; ");
    }
    if (patch != null) {
      summary.append("patch ").append(patch).append("; ");
    }
    if (model != null) {
      summary.append("model ").append(model).append("; ");
    }
    if (route != null) {
      summary.append("route ").append(route).append("; ");
    }
    return summary.isEmpty() ? null : summary.substring(0, summary.length() - 2);
  }
}
