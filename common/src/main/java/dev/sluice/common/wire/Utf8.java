package dev.sluice.common.wire;

import java.nio.charset.StandardCharsets;

/** Truncates texts by their length in UTF-8. */
final class Utf8 {
  private Utf8() {}

  /** The longest beginning of the text that has at most this number of bytes. */
  static String truncate(String text, int maxBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= maxBytes) {
      return text;
    }
    int end = maxBytes;
    while ((bytes[end] & 0xC0) == 0x80) { // a continuation byte: do not split the character
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
