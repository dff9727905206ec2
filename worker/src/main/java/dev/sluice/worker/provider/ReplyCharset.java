package dev.sluice.worker.provider;

import dev.sluice.common.wire.Payload;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts a reply to UTF-8 without a byte order mark: it becomes a part of a line in a result file
 * (RFC 8259, section 8.1).
 */
final class ReplyCharset {
  private static final byte[] UTF_8_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final byte[] UTF_16_BE_MARK = {(byte) 0xfe, (byte) 0xff};
  private static final byte[] UTF_16_LE_MARK = {(byte) 0xff, (byte) 0xfe};
  private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset=\"?([\\w.:-]{1,40})");

  private ReplyCharset() {}

  /**
   * @param headers the headers, with names in lower case
   */
  static Payload toUtf8(Map<String, List<String>> headers, Payload body) {
    byte[] bytes = body.bytes();
    if (startsWith(bytes, UTF_8_MARK)) {
      return Payload.of(Arrays.copyOfRange(bytes, UTF_8_MARK.length, bytes.length));
    }
    if (startsWith(bytes, UTF_16_BE_MARK) || startsWith(bytes, UTF_16_LE_MARK)) {
      return Payload.of(new String(bytes, StandardCharsets.UTF_16));
    }
    // Many servers declare ISO-8859-1 by default and send UTF-8.
    return declaredCharset(headers)
        .filter(charset -> !charset.equals(StandardCharsets.UTF_8) && !body.isUtf8())
        .map(charset -> Payload.of(new String(bytes, charset)))
        .orElse(body);
  }

  private static boolean startsWith(byte[] bytes, byte[] mark) {
    return bytes.length >= mark.length
        && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
  }

  private static Optional<Charset> declaredCharset(Map<String, List<String>> headers) {
    return headers.getOrDefault("content-type", List.of()).stream()
        .map(CHARSET::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .filter(Charset::isSupported)
        .findFirst()
        .map(Charset::forName);
  }
}
