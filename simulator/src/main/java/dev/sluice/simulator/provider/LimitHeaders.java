package dev.sluice.simulator.provider;

/** What the replies tell of the limits. */
public enum LimitHeaders {
  /** The x-ratelimit headers on each reply, and Retry-After on a 429, as OpenAI does. */
  ALL,
  /** Retry-After on a 429 and nothing else. */
  RETRY_AFTER,
  /** Nothing at all, as small providers do. */
  NONE
}
