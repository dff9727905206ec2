package dev.sluice.cli.summarize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content of a document: text, or the reason why it cannot be sent. */
sealed interface DocumentContent {
  /** Maximum size of a request, in bytes. */
  int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

  /** UTF-8 text, without a byte-order mark. */
  record Text(String text) implements DocumentContent {}

  /**
   * Content that cannot be sent.
   *
   * @param problem the reason, as a predicate
   */
  record Unreadable(String problem) implements DocumentContent {}

  static DocumentContent of(Path file) {
    try {
      long size = Files.size(file);
      return size > MAX_REQUEST_BYTES ? tooLarge(size) : of(Files.readAllBytes(file));
    } catch (IOException failure) {
      return new Unreadable("cannot be read: " + DocumentFinder.reason(failure));
    }
  }

  static DocumentContent of(byte[] bytes) {
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        return new Unreadable("is binary (a NUL byte at offset %,d)".formatted(at));
      }
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      int at = in.position();
      return new Unreadable(
          "is not UTF-8 (byte 0x%02X at offset %,d; possibly Latin-1)".formatted(bytes[at], at));
    }
    String text = out.flip().toString();
    return new Text(text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  static Unreadable tooLarge(long bytes) {
    return new Unreadable(
        "is too large (%.1f MiB; the maximum size of a request is 8 MiB)"
            .formatted(bytes / 1048576.0));
  }
}
