package dev.sluice.common.wire;

/**
 * Why a task did not complete.
 *
 * @param code the wire name of a {@link FailureCode}
 * @param detail the provider's error JSON, or a message of Sluice; truncated to {@link
 *     #MAX_DETAIL_BYTES}
 */
public record Failure(String code, String detail) {

  /** Maximum length of the detail, in UTF-8 bytes. */
  public static final int MAX_DETAIL_BYTES = 8 * 1024;

  public Failure {
    detail = Utf8.truncate(detail, MAX_DETAIL_BYTES);
  }

  public Failure(FailureCode code, String detail) {
    this(code.wireName(), detail);
  }
}
