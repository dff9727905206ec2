package dev.sluice.common.route;

/** What an answer that is no success means. */
public enum ErrorMeaning {
  /** Too fast: the route waits, the task comes back and loses no attempt. */
  RATE_LIMIT,
  /** It may work later: another attempt after backoff. */
  UNAVAILABLE,
  /** The request's own fault: a dead letter at once. */
  REFUSED,
  /**
   * It is larger than the provider ever takes, in bytes or in tokens a minute, so that no waiting
   * helps: a dead letter at once.
   */
  REQUEST_TOO_LARGE,
  /** The prompt is too long for the model: a dead letter at once. */
  CONTEXT_LENGTH,
  /** The content filter's: a dead letter at once. */
  CONTENT_FILTERED,
  /** The money or the quota is used up: the route is held, nothing is burnt. */
  QUOTA,
  /** The key is wrong, revoked or not allowed: the route is held, nothing is burnt. */
  KEY,
  /**
   * The model is not there. Where the route serves just that model it is held; where it serves
   * others too, the request alone is refused.
   */
  MODEL_GONE
}
