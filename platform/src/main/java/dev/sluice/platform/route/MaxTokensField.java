package dev.sluice.platform.route;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Name of the field that limits the answer of a chat completion, in tokens. */
public enum MaxTokensField {
  /**
   * {@link #MAX_COMPLETION_TOKENS} for OpenAI and Azure, whose newer models reject the other name;
   * {@link #MAX_TOKENS} for other providers.
   */
  AUTO,
  MAX_TOKENS,
  MAX_COMPLETION_TOKENS;

  /** The name in a request. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Replaces {@link #AUTO}.
   *
   * @param dialect the dialect in the settings; {@link ProviderDialect#AUTO} for an unknown host
   *     does not mean OpenAI itself
   */
  MaxTokensField resolved(ProviderDialect dialect, @Nullable URI url) {
    if (this != AUTO) {
      return this;
    }
    return switch (dialect.resolved(url)) {
      case AZURE_OPENAI -> MAX_COMPLETION_TOKENS;
      case OPENAI ->
          dialect == ProviderDialect.OPENAI || isOpenAi(url) ? MAX_COMPLETION_TOKENS : MAX_TOKENS;
      case AUTO, ANTHROPIC, GEMINI, GROQ, VLLM, OLLAMA -> MAX_TOKENS;
    };
  }

  private static boolean isOpenAi(@Nullable URI url) {
    return url != null
        && url.getHost() != null
        && url.getHost().toLowerCase(Locale.ROOT).endsWith(".openai.com");
  }
}
