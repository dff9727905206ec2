package dev.sluice.simulator.provider;

/** What the replies tell of the limits. */
public enum LimitHeaders {
  /** The x-ratelimit headers on each reply, and Retry-After on a 429, as OpenAI does. */
  ALL,
  /** The anthropic-ratelimit headers on each reply, and retry-after in seconds on a 429. */
  ANTHROPIC,
  /** Retry-After on a 429 and nothing else. */
  RETRY_AFTER,
  /** Nothing at all, as small providers do. */
  NONE
}
