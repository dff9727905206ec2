package dev.sluice.worker.classify;

import dev.sluice.common.json.Json;
import dev.sluice.common.wire.Payload;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Collects the parts of a provider's error from its body. */
final class ErrorReader {
  private static final int MAX_MESSAGE_LENGTH = 8 * 1024;

  /** LiteLLM puts this text before the provider's message. */
  private static final Pattern GATEWAY_PREFIX =
      Pattern.compile(
          "^(?:litellm\\.\\w{1,60}: )?(?:\\w{1,60}Error: )?\\w{1,60}Exception - |^litellm\\.\\w{1,60}: ");

  private final Set<String> names = new LinkedHashSet<>();
  private final List<String> messages = new ArrayList<>();
  private final List<String> quotaIds = new ArrayList<>();
  private String param = "";
  private String retryDelay = "";
  private boolean isNested;

  ProviderError read() {
    return new ProviderError(names, messages, param, quotaIds, retryDelay);
  }

  ErrorReader addBody(JsonNode root) {
    JsonNode outer = root.isArray() ? root.path(0) : root;
    JsonNode inner = outer.path("error");
    JsonNode error = inner.isObject() ? inner : outer;
    for (String member : new String[] {"code", "type", "status"}) {
      names.add(text(error.path(member)));
    }
    addAmazonType(text(error.path("__type")));
    names.add(text(error.path("innererror").path("code"))); // Azure
    for (JsonNode message : new JsonNode[] {error.path("message"), error.path("detail"), inner}) {
      addMessage(text(message));
    }
    param = param.isEmpty() ? text(error.path("param")) : param;
    addDetails(error.path("details"));
    if (retryDelay.isEmpty()) {
      retryDelay = text(outer.path("estimated_time")); // Hugging Face: time until a model is loaded
    }
    addNested(text(error.path("metadata").path("raw"))); // OpenRouter: the provider's own body
    return this;
  }

  /** Amazon's error type: {@code ThrottlingException}, with a namespace or a URL around it. */
  void addAmazonType(String type) {
    names.add(type.substring(type.indexOf('#') + 1).split(":", 2)[0]);
  }

  ErrorReader addMessage(String text) {
    String message = text.strip();
    if (!message.isEmpty()) {
      messages.add(normalize(message));
      Matcher prefix = GATEWAY_PREFIX.matcher(message);
      if (prefix.find()) {
        addNested(message.substring(prefix.end()));
      }
    }
    return this;
  }

  /** The provider's error as a gateway quotes it: text or JSON. */
  private void addNested(String quoted) {
    if (quoted.isBlank() || isNested) {
      return;
    }
    isNested = true;
    int end = quoted.lastIndexOf('}');
    boolean isJson = quoted.stripLeading().startsWith("{") && end > 0;
    if (isJson) {
      Json.object(Payload.of(quoted.substring(0, end + 1)).bytes()).ifPresent(this::addBody);
    } else {
      messages.add(normalize(quoted.strip()));
    }
    isNested = false;
  }

  private void addDetails(JsonNode details) {
    names.add(text(details.path("error_code"))); // Anthropic
    for (JsonNode detail : details) { // Google's google.rpc.Status
      names.add(text(detail.path("reason")));
      for (JsonNode violation : detail.path("violations")) {
        quotaIds.add(normalize(text(violation.path("quotaId"))));
      }
      retryDelay = retryDelay.isEmpty() ? text(detail.path("retryDelay")) : retryDelay;
    }
  }

  private static String text(JsonNode node) {
    return node.isString() || node.isNumber() ? node.asString() : "";
  }

  private static String normalize(String text) {
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE_LENGTH)).toLowerCase(Locale.ROOT);
  }
}
