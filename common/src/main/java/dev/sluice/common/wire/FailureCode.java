package dev.sluice.common.wire;

import java.util.Locale;

/** Why a task did not complete. The names are wire constants: add, never rename. */
public enum FailureCode {
  /**
   * The provider refused the request as wrong (HTTP 400, 404, 422, …): sending it again cannot
   * help.
   */
  INVALID_REQUEST,
  /** The prompt is longer than the model's window. */
  CONTEXT_LENGTH_EXCEEDED,
  /** The provider's content filter refused the prompt. */
  CONTENT_FILTERED,
  /**
   * The request is larger than the provider ever takes, in bytes or in tokens a minute: waiting
   * cannot help.
   */
  REQUEST_TOO_LARGE,
  /** The reply is larger than a message may be: ask for less in one call. */
  REPLY_TOO_LARGE,
  /** Every attempt met a 5xx, a timeout or a broken connection. */
  ATTEMPTS_EXHAUSTED,
  /** The task's deadline passed before it could be done. */
  DEADLINE_EXCEEDED,
  /** The message is no task: a header or the body breaks the wire contract. */
  MALFORMED_TASK,
  /** The broker gave the task up: the workers that took it died or returned it too often. */
  DELIVERY_LIMIT,
  /** A stream that had begun broke: what was sent of it cannot be taken back. */
  STREAM_BROKEN,
  /** The task was withdrawn before it was sent to the provider. */
  CANCELLED;

  /** The name on the wire, in small letters. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
