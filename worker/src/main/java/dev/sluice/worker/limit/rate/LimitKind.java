package dev.sluice.worker.limit.rate;

import java.util.Locale;

/** What a provider limits per minute. */
public enum LimitKind {
  REQUESTS,
  /** Prompt and reply together. */
  TOKENS,
  /** Prompt tokens, if the provider limits them separately. */
  INPUT_TOKENS,
  /** Reply tokens, if the provider limits them separately. */
  OUTPUT_TOKENS;

  /** Returns the name in reports, metrics and error messages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
