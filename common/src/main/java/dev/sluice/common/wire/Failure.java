package dev.sluice.common.wire;

import java.nio.charset.StandardCharsets;

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
    detail = truncate(detail);
  }

  public Failure(FailureCode code, String detail) {
    this(code.wireName(), detail);
  }

  private static String truncate(String detail) {
    byte[] bytes = detail.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_DETAIL_BYTES) {
      return detail;
    }
    int end = MAX_DETAIL_BYTES;
    while ((bytes[end] & 0xC0) == 0x80) { // a continuation byte: do not split the character
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
