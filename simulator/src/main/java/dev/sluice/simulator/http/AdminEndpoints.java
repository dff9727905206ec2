package dev.sluice.simulator.http;

import dev.sluice.simulator.ledger.CallTotals;
import dev.sluice.simulator.ledger.Ledger;
import dev.sluice.simulator.limit.PerMinute;
import dev.sluice.simulator.limit.RateLimits;
import dev.sluice.simulator.openai.Model;
import dev.sluice.simulator.openai.OpenAiError;
import dev.sluice.simulator.openai.ReplyWriter;
import dev.sluice.simulator.provider.SimulatedReply;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Endpoints below {@code /simulator} for statistics and for changing the limits at runtime. */
public final class AdminEndpoints {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String REQUESTS = "requests_per_minute";
  private static final String TOKENS = "tokens_per_minute";
  private static final Set<String> KNOWN = Set.of("model", REQUESTS, TOKENS);

  private final Ledger ledger;
  private final RateLimits limits;

  public AdminEndpoints(Ledger ledger, RateLimits limits) {
    this.ledger = ledger;
    this.limits = limits;
  }

  SimulatedReply stats() {
    CallTotals stats = ledger.stats();
    ObjectNode node = JSON.createObjectNode();
    node.put("calls", stats.calls());
    node.put("distinct_bodies", stats.distinctBodies());
    node.put("in_flight", stats.inFlight());
    node.put("max_in_flight", stats.maxInFlight());
    counts(node.putObject("by_status"), stats.byStatus());
    node.put("rate_limited", stats.rateLimited());
    node.put("calls_before_retry_after", limits.callsBeforeRetryAfter());
    counts(node.putObject("faults"), stats.faults());
    node.put("prompt_tokens", stats.promptTokens());
    node.put("completion_tokens", stats.completionTokens());
    node.set("limits", currentLimits());
    return ok(node);
  }

  private static void counts(ObjectNode node, Map<String, Long> counts) {
    counts.forEach(node::put);
  }

  private ObjectNode currentLimits() {
    ObjectNode node = JSON.createObjectNode();
    for (Model model : Model.all()) {
      PerMinute limit = limits.of(model.name());
      node.putObject(model.name()).put(REQUESTS, limit.requests()).put(TOKENS, limit.tokens());
    }
    return node;
  }

  /** Changes the limits in the body; missing limits are unchanged. */
  SimulatedReply changeLimits(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      if (!json.isObject() || !KNOWN.containsAll(json.propertyNames())) {
        return badRequest(
            "Expected {\"model\"?, \"requests_per_minute\"?, \"tokens_per_minute\"?}.");
      }
      String model = json.path("model").asString("");
      if (!model.isEmpty() && Model.named(model).isEmpty()) {
        return badRequest("Unknown model %s; the models are %s.".formatted(model, Model.names()));
      }
      change(model, json);
      return ok(currentLimits());
    } catch (JacksonException notJson) {
      return badRequest("The body is not JSON.");
    } catch (IllegalArgumentException outOfRange) {
      return badRequest(String.valueOf(outOfRange.getMessage()));
    }
  }

  private void change(String model, JsonNode json) {
    PerMinute current = limits.of(model);
    PerMinute changed =
        new PerMinute(
            number(json, REQUESTS, current.requests()), number(json, TOKENS, current.tokens()));
    if (model.isEmpty()) {
      limits.change(changed);
    } else {
      limits.change(model, changed);
    }
  }

  private static long number(JsonNode json, String name, long defaultValue) {
    JsonNode value = json.path(name);
    if (value.isMissingNode()) {
      return defaultValue;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("%s (%s) is not an integer".formatted(name, value));
    }
    return value.asLong();
  }

  private static SimulatedReply ok(ObjectNode node) {
    return json(200, JSON.writeValueAsString(node));
  }

  private static SimulatedReply badRequest(String message) {
    return json(400, ReplyWriter.error(OpenAiError.invalidSetting(message)));
  }

  static SimulatedReply json(int status, String body) {
    Map<String, String> headers =
        Map.of("content-type", "application/json", "x-request-id", "req_" + ReplyWriter.hexId());
    return new SimulatedReply(status, headers, body);
  }
}
