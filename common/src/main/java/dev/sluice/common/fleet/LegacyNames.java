package dev.sluice.common.fleet;

import java.util.Map;

/** Maps values of wire versions up to 1.1 in reports and hold messages to the current names. */
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
  private static final Map<String, String> WAIT_REASONS =
      Map.of(
          "requests", "requests_per_minute",
          "tokens", "tokens_per_minute",
          "input_tokens", "input_tokens_per_minute",
          "output_tokens", "output_tokens_per_minute");

  private LegacyNames() {}

  /** The kind of a hold, the source of a limit, or the storage of limits. */
  static String current(String name) {
    return CURRENT.getOrDefault(name, name);
  }

  /** The reason of a wait. */
  static String currentWaitReason(String name) {
    return WAIT_REASONS.getOrDefault(name, name);
  }
}
