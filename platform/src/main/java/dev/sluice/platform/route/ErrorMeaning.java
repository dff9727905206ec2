package dev.sluice.platform.route;

/** What an error response of the provider means, and with it how the worker handles the task. */
public enum ErrorMeaning {
  /** A rate limit was exceeded: holds the route and requeues the task; not a failed attempt. */
  RATE_LIMIT,
  /** Transient failure: retries after backoff; a failed attempt, except during an outage. */
  UNAVAILABLE,
  /** The server is not ready, for example loads its model: retries; not a failed attempt. */
  NOT_READY,
  /**
   * The provider has no capacity for this call now: retries after growing random delays; not a
   * failed attempt, and holds nothing.
   */
  NO_CAPACITY,
  /**
   * The model does not have the requested service tier: the task continues at the standard tier.
   */
  NO_TIER,
  /** The request is invalid: dead-letters the task. */
  INVALID_REQUEST,
  /**
   * The request exceeds the provider's maximum size, in bytes or in tokens per minute: dead-letters
   * the task, because a retry cannot succeed.
   */
  REQUEST_TOO_LARGE,
  /** The prompt exceeds the model's context length: dead-letters the task. */
  CONTEXT_LENGTH_EXCEEDED,
  /** The provider's content filter rejected the request: dead-letters the task. */
  CONTENT_FILTERED,
  /** The credit or quota is exhausted: holds the route; not a failed attempt. */
  QUOTA,
  /** The API key is invalid, revoked or lacks permission: holds the route; not a failed attempt. */
  API_KEY,
  /**
   * The model does not exist. Holds a route that serves only this model; otherwise dead-letters the
   * task.
   */
  MODEL_NOT_FOUND
}
