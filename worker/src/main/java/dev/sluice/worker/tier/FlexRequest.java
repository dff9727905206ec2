package dev.sluice.worker.tier;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import dev.sluice.common.wire.TaskMessage;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The request of a call at the flex tier: the member {@code service_tier} is added at the
 * beginning, all other bytes stay unchanged. Vertex AI has a header in place of the member.
 *
 * @see <a href="https://developers.openai.com/api/docs/guides/flex-processing">OpenAI</a>
 * @see <a href="https://docs.cloud.google.com/vertex-ai/generative-ai/docs/flex-paygo">Vertex
 *     AI</a>
 */
final class FlexRequest {
  private static final String MEMBER = "service_tier";
  private static final byte[] MEMBER_JSON =
      "\"service_tier\":\"flex\",".getBytes(StandardCharsets.UTF_8);
  private static final String VERTEX_HEADER = "x-vertex-ai-llm-shared-request-type";

  /** The endpoints whose requests have a service tier. */
  private static final Set<String> ENDPOINTS = Set.of("/v1/chat/completions", "/v1/responses");

  private FlexRequest() {}

  /**
   * The model of a request that may be sent at the flex tier; empty if its endpoint has no tiers,
   * or if it names a tier itself.
   */
  static Optional<String> model(TaskMessage task) {
    return ENDPOINTS.contains(task.ids().endpoint())
        ? Json.members(task.body().bytes(), Set.of("model", MEMBER))
            .filter(request -> !request.has(MEMBER))
            .map(request -> request.path("model").asString(""))
            .filter(model -> !model.isEmpty())
        : Optional.empty();
  }

  /** The task with the request to send. */
  static TaskMessage of(TaskMessage task, boolean isVertex) {
    if (isVertex) {
      Map<String, String> headers = new HashMap<>(task.requestHeaders());
      headers.put(VERTEX_HEADER, "flex");
      return task.withRequestHeaders(headers);
    }
    return task.withBody(withMember(task.body().bytes()));
  }

  /** Inserts after the first brace: a request with a model has a further member. */
  private static Payload withMember(byte[] request) {
    int start = 0;
    while (request[start] != '{') {
      start++;
    }
    start++;
    byte[] result = new byte[request.length + MEMBER_JSON.length];
    System.arraycopy(request, 0, result, 0, start);
    System.arraycopy(MEMBER_JSON, 0, result, start, MEMBER_JSON.length);
    System.arraycopy(request, start, result, start + MEMBER_JSON.length, request.length - start);
    return Payload.of(result);
  }

  static boolean isVertex(URI provider) {
    String host = provider.getHost();
    return host != null && host.endsWith("aiplatform.googleapis.com");
  }
}
