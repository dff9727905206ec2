package dev.sluice.worker.measure;

import dev.sluice.common.route.Dialect;
import java.util.Locale;

/** How OpenTelemetry's conventions for generative AI name what Sluice calls and whom. */
public final class GenAiNames {
  private GenAiNames() {}

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
  public static String provider(Dialect dialect) {
    return switch (dialect) {
      case AZURE_OPENAI -> "azure.ai.openai";
      case GEMINI -> "gcp.gemini";
      default -> dialect.name().toLowerCase(Locale.ROOT);
    };
  }
}
