package dev.sluice.worker.limit.rate;

import java.util.Locale;

/** What a provider counts per minute. */
public enum LimitKind {
  REQUESTS,
  /** Prompt and reply together. */
  TOKENS,
  /** Of prompts, where a provider counts them apart. */
  INPUT_TOKENS,
  /** Of replies, where a provider counts them apart. */
  OUTPUT_TOKENS;

  /** The name in reports, metrics and settings' messages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
