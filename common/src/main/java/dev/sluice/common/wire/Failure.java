package dev.sluice.common.wire;

import java.nio.charset.StandardCharsets;

/**
 * Why a task did not complete.
 *
 * @param code one of {@link FailureCode}, in its wire form
 * @param detail the provider's error JSON, or a sentence of Sluice's own; cut at {@link
 *     #MAX_DETAIL_BYTES}
 */
public record Failure(String code, String detail) {

  /** Longest detail, in bytes of UTF-8. */
  public static final int MAX_DETAIL_BYTES = 8 * 1024;

  public Failure {
    detail = cut(detail);
  }

  public Failure(FailureCode code, String detail) {
    this(code.wireName(), detail);
  }

  private static String cut(String detail) {
    byte[] bytes = detail.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_DETAIL_BYTES) {
      return detail;
    }
    int end = MAX_DETAIL_BYTES;
    while ((bytes[end] & 0xC0) == 0x80) { // never inside a character
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
