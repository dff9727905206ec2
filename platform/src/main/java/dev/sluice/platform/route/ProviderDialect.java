package dev.sluice.platform.route;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Format of a provider's rate limit headers and errors. */
public enum ProviderDialect {
  /** Detected from the host of the provider's URL; {@link #OPENAI} for an unknown host. */
  AUTO,
  OPENAI,
  AZURE_OPENAI,
  ANTHROPIC,
  GEMINI,
  GROQ,
  VLLM,
  OLLAMA;

  /** Replaces {@link #AUTO} by the dialect detected from the URL. */
  ProviderDialect resolved(@Nullable URI url) {
    return this == AUTO ? detect(url) : this;
  }

  private static ProviderDialect detect(@Nullable URI url) {
    String host = url == null || url.getHost() == null ? "" : url.getHost();
    String name = host.toLowerCase(Locale.ROOT);
    if (name.endsWith(".openai.azure.com") || name.endsWith(".cognitiveservices.azure.com")) {
      return AZURE_OPENAI;
    }
    if (name.endsWith(".anthropic.com")) {
      return ANTHROPIC;
    }
    if (name.equals("generativelanguage.googleapis.com")) {
      return GEMINI;
    }
    if (name.endsWith(".groq.com")) {
      return GROQ;
    }
    return url != null && url.getPort() == 11434 ? OLLAMA : OPENAI;
  }
}
