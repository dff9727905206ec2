package dev.sluice.simulator.provider;

/** Rate limit headers of the responses. */
public enum LimitHeaders {
  /** OpenAI's: x-ratelimit headers on each response, and Retry-After on a 429. */
  ALL,
  /** Anthropic's: anthropic-ratelimit headers on each response, and retry-after on a 429. */
  ANTHROPIC,
  /** Only Retry-After on a 429. */
  RETRY_AFTER,
  /** No rate limit headers, as for small providers. */
  NONE
}
