package dev.sluice.simulator.openai;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A model that the simulator knows.
 *
 * @param snapshot the dated name that its replies carry
 * @param window the most tokens of prompt and reply together
 * @param mostOutput the most tokens of a reply; 0 where it does not chat
 * @param dimensions the length of its vectors; 0 where it does not embed
 */
public record Model(String name, String snapshot, long window, long mostOutput, int dimensions) {
  private static final List<Model> ALL =
      List.of(
          chat("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 128_000, 16_384),
          chat("gpt-4o", "gpt-4o-2024-08-06", 128_000, 16_384),
          chat("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 1_047_576, 32_768),
          chat("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14", 1_047_576, 32_768),
          embedding("text-embedding-3-small", 1536),
          embedding("text-embedding-3-large", 3072));
  private static final Map<String, Model> BY_NAME =
      ALL.stream().collect(Collectors.toMap(Model::name, Function.identity()));

  private static Model chat(String name, String snapshot, long window, long mostOutput) {
    return new Model(name, snapshot, window, mostOutput, 0);
  }

  private static Model embedding(String name, int dimensions) {
    return new Model(name, name, 8192, 0, dimensions);
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

  boolean chats() {
    return mostOutput > 0;
  }

  boolean embeds() {
    return dimensions > 0;
  }
}
