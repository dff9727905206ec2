package dev.sluice.worker.telemetry;

import dev.sluice.platform.route.ProviderDialect;
import java.util.Locale;

/** Names of operations and providers in OpenTelemetry's semantic conventions for generative AI. */
public final class GenAiConventions {
  private GenAiConventions() {}

  /** The {@code gen_ai.operation.name} of a provider path. */
  public static String operation(String endpoint) {
    return switch (endpoint) {
      case "/v1/chat/completions", "/v1/responses", "/v1/messages" -> "chat";
      case "/v1/completions" -> "text_completion";
      case "/v1/embeddings" -> "embeddings";
      default -> "other";
    };
  }

  /** The {@code gen_ai.provider.name} of a dialect. */
  public static String provider(ProviderDialect dialect) {
    return switch (dialect) {
      case AZURE_OPENAI -> "azure.ai.openai";
      case GEMINI -> "gcp.gemini";
      default -> dialect.name().toLowerCase(Locale.ROOT);
    };
  }
}
