package dev.sluice.platform.route;

import dev.sluice.common.wire.MessagesApi;
import java.util.Map;

/** The HTTP header with the provider's API key. */
public enum ProviderAuth {
  /**
   * {@link #X_API_KEY} for Anthropic's own endpoints, {@link #BEARER} for all others and for vLLM.
   */
  AUTO,
  /** {@code Authorization: Bearer}. */
  BEARER,
  /** Anthropic's {@code x-api-key}. */
  X_API_KEY,
  /** Azure's {@code api-key}. */
  API_KEY;

  /** The header for a key. */
  Map.Entry<String, String> header(ProviderDialect dialect, String path, String key) {
    return switch (this == AUTO ? detect(dialect, path) : this) {
      case AUTO, BEARER -> Map.entry("Authorization", "Bearer " + key);
      case X_API_KEY -> Map.entry("x-api-key", key);
      case API_KEY -> Map.entry("api-key", key);
    };
  }

  private static ProviderAuth detect(ProviderDialect dialect, String path) {
    return isAnthropic(dialect, path) && dialect != ProviderDialect.VLLM ? X_API_KEY : BEARER;
  }

  /**
   * Whether a path belongs to Anthropic's own API. Anthropic also has one of OpenAI's endpoints.
   *
   * @param path without the version
   */
  static boolean isAnthropic(ProviderDialect dialect, String path) {
    return MessagesApi.contains("/v1" + path)
        || (dialect == ProviderDialect.ANTHROPIC && !path.equals("/chat/completions"));
  }
}
