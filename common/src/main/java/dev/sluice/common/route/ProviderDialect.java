package dev.sluice.common.route;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whose ways of telling limits and errors a provider has. */
public enum ProviderDialect {
  /** Told by the host of the provider's URL; {@link #OPENAI} where it says nothing. */
  AUTO,
  OPENAI,
  AZURE_OPENAI,
  ANTHROPIC,
  GEMINI,
  GROQ,
  VLLM,
  OLLAMA;

  /** The dialect itself, or the one that the host's name tells. Never {@link #AUTO}. */
  ProviderDialect resolved(@Nullable URI url) {
    return this == AUTO ? of(url) : this;
  }

  private static ProviderDialect of(@Nullable URI url) {
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
