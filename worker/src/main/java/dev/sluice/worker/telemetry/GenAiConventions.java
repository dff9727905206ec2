package dev.sluice.worker.telemetry;

import dev.sluice.common.route.ProviderDialect;
import java.util.Locale;

/** How OpenTelemetry's conventions for generative AI name what Sluice calls and whom. */
public final class GenAiConventions {
  private GenAiConventions() {}

  /** What a call of the provider's path does. */
  public static String operation(String endpoint) {
    return switch (endpoint) {
      case "/v1/chat/completions", "/v1/responses" -> "chat";
      case "/v1/completions" -> "text_completion";
      case "/v1/embeddings" -> "embeddings";
      default -> "other";
    };
  }

  /** Whose ways a provider has. */
  public static String provider(ProviderDialect dialect) {
    return switch (dialect) {
      case AZURE_OPENAI -> "azure.ai.openai";
      case GEMINI -> "gcp.gemini";
      default -> dialect.name().toLowerCase(Locale.ROOT);
    };
  }
}
