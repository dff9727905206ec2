package dev.sluice.cli.summarize;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a document turns out to be. */
sealed interface DocumentContent {
  /** The provider's request must stay below it, in bytes. */
  int LARGEST_REQUEST = 8 * 1024 * 1024;

  /** A text, without its byte-order mark. */
  record Text(String text) implements DocumentContent {}

  /** No text that can be sent. */
  record Unreadable(String why) implements DocumentContent {}

  static DocumentContent of(Path file) {
    try {
      long size = Files.size(file);
      return size > LARGEST_REQUEST ? tooLarge(size) : of(Files.readAllBytes(file));
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
          "is not UTF-8 (byte 0x%02X at offset %,d; an old Latin-1 text, perhaps)"
              .formatted(bytes[at], at));
    }
    String text = out.flip().toString();
    return new Text(text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  static Unreadable tooLarge(long bytes) {
    return new Unreadable(
        "is too large (%.1f MiB; a request takes at most 8 MiB)".formatted(bytes / 1048576.0));
  }
}
