package dev.sluice.common.wire;

import java.util.regex.Pattern;

/**
 * The tokens that a provider reports as used.
 *
 * @param promptTokens all tokens of the prompt, with those of the provider's prompt cache
 * @param completionTokens tokens of the reply
 * @param cachedTokens the prompt tokens that were read from the provider's prompt cache
 * @param cacheWriteTokens the prompt tokens that were written to it
 * @param serviceTier the service tier that processed the call, such as {@code flex}; empty for the
 *     standard one
 */
public record TokenUsage(
    long promptTokens,
    long completionTokens,
    long cachedTokens,
    long cacheWriteTokens,
    String serviceTier) {
  private static final Pattern TIER = Pattern.compile("[a-z0-9_-]{1,32}");

  /** No usage is known. */
  public static final TokenUsage NONE = new TokenUsage(0, 0);

  /** The name of a tier is stored and is a label: others than short names count as standard. */
  public TokenUsage {
    serviceTier = TIER.matcher(serviceTier).matches() ? serviceTier : "";
  }

  /** Usage without a prompt cache, in the standard tier. */
  public TokenUsage(long promptTokens, long completionTokens) {
    this(promptTokens, completionTokens, 0, 0, "");
  }

  /** Prompt and completion tokens together. */
  public long total() {
    return promptTokens + completionTokens;
  }

  /** The sum; the tier is that of this usage. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        promptTokens + other.promptTokens,
        completionTokens + other.completionTokens,
        cachedTokens + other.cachedTokens,
        cacheWriteTokens + other.cacheWriteTokens,
        serviceTier);
  }
}
