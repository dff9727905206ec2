package dev.sluice.simulator.openai;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model of the simulator.
 *
 * @param snapshot dated name in replies
 * @param contextLength maximum tokens of prompt and reply together
 * @param maxOutput maximum completion tokens; 0 if the model does not support chat
 * @param dimensions dimensions of its vectors; 0 if the model does not support embeddings
 * @param acceptsMaxTokens whether chat completions may have {@code max_tokens}; reasoning models
 *     accept only {@code max_completion_tokens}
 */
public record Model(
    String name,
    String snapshot,
    long contextLength,
    long maxOutput,
    int dimensions,
    boolean acceptsMaxTokens) {
  private static final List<Model> ALL =
      List.of(
          chat("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 128_000, 16_384),
          chat("gpt-4o", "gpt-4o-2024-08-06", 128_000, 16_384),
          chat("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 1_047_576, 32_768),
          chat("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", 1_047_576, 32_768),
          chat("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", 200_000, 64_000),
          chat("claude-haiku-4-5", "claude-haiku-4-5-20251001", 200_000, 64_000),
          reasoning("gpt-5-mini", "gpt-5-mini-2025-08-07", 400_000, 128_000),
          embedding("text-embedding-3-small", 1536),
          embedding("text-embedding-3-large", 3072));
  private static final Map<String, Model> BY_NAME =
      ALL.stream().collect(Collectors.toMap(Model::name, Function.identity()));

  private static Model chat(String name, String snapshot, long contextLength, long maxOutput) {
    return new Model(name, snapshot, contextLength, maxOutput, 0, true);
  }

  private static Model reasoning(String name, String snapshot, long contextLength, long maxOutput) {
    return new Model(name, snapshot, contextLength, maxOutput, 0, false);
  }

  private static Model embedding(String name, int dimensions) {
    return new Model(name, name, 8192, 0, dimensions, false);
  }

  public static List<Model> all() {
    return ALL;
  }

  public static Optional<Model> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** All names, for messages. */
  public static String names() {
    return ALL.stream().map(Model::name).collect(Collectors.joining(", "));
  }

  /** Whether it answers chats, in the formats of all endpoints. */
  public boolean supportsChat() {
    return maxOutput > 0;
  }

  boolean supportsEmbeddings() {
    return dimensions > 0;
  }
}
