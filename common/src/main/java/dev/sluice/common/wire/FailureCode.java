package dev.sluice.common.wire;

import java.util.Locale;

/** Why a task did not complete. The names are wire constants: add, never rename. */
public enum FailureCode {
  /** The provider rejected the request (HTTP 400, 404, 422, …); a retry cannot succeed. */
  INVALID_REQUEST,
  /** The prompt exceeds the model's context length. */
  CONTEXT_LENGTH_EXCEEDED,
  /** The provider's content filter rejected the prompt. */
  CONTENT_FILTERED,
  /**
   * The request exceeds the provider's maximum size, in bytes or in tokens per minute; a retry
   * cannot succeed.
   */
  REQUEST_TOO_LARGE,
  /** The reply exceeds the maximum size of a message. */
  REPLY_TOO_LARGE,
  /** The provider cut off the answer at its token limit, and the batch does not accept that. */
  CUT_OFF,
  /** The answer does not fit the JSON schema of the batch, also after the model was asked again. */
  INVALID_OUTPUT,
  /** All attempts failed with a 5xx, a timeout or a connection error. */
  ATTEMPTS_EXHAUSTED,
  /** The deadline passed before the task completed. */
  DEADLINE_EXCEEDED,
  /** The message is not a valid task: a header or the body violates the wire contract. */
  MALFORMED_TASK,
  /** The broker dead-lettered the task after too many deliveries without a settlement. */
  DELIVERY_LIMIT,
  /** The stream failed after its first chunk was forwarded, so a retry is impossible. */
  STREAM_BROKEN,
  /** The task was cancelled before it was sent to the provider. */
  CANCELLED;

  /** The lower-case name used in headers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
