package dev.sluice.common.fleet;

import java.util.Map;

/** What wire versions up to 1.1 say in reports and hold messages, in the present names. */
final class LegacyNames {
  private static final Map<String, String> CURRENT =
      Map.ofEntries(
          Map.entry("by_hand", "manual"),
          Map.entry("key", "api_key"),
          Map.entry("model_gone", "model_not_found"),
          Map.entry("set", "configured"),
          Map.entry("told", "advertised"),
          Map.entry("probed", "inferred"),
          Map.entry("none", "unknown"),
          Map.entry("divided", "partitioned"));
  private static final Map<String, String> WAITS =
      Map.of(
          "requests", "requests_per_minute",
          "tokens", "tokens_per_minute",
          "input_tokens", "input_tokens_per_minute",
          "output_tokens", "output_tokens_per_minute");

  private LegacyNames() {}

  /** A hold's kind, a limit's source, or a place where limits are stored. */
  static String current(String name) {
    return CURRENT.getOrDefault(name, name);
  }

  /** What a task waits for. */
  static String currentWait(String name) {
    return WAITS.getOrDefault(name, name);
  }
}
