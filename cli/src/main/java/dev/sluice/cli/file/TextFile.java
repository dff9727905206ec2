package dev.sluice.cli.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text files in UTF-8, without replacing malformed bytes. */
public final class TextFile {
  private TextFile() {}

  /** The bytes are not text; the message is the reason, as a predicate. */
  public static final class MalformedTextException extends IOException {
    private static final long serialVersionUID = 1L;

    private MalformedTextException(String problem) {
      super(problem);
    }
  }

  /** The text of a file, without a byte-order mark. */
  public static String read(Path file) throws IOException {
    return decode(Files.readAllBytes(file));
  }

  private static String decode(byte[] bytes) throws MalformedTextException {
    if (startsWith(bytes, 0x1F, 0x8B)) {
      throw new MalformedTextException("is compressed with gzip: decompress it first");
    }
    if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)) {
      throw new MalformedTextException(
          "is UTF-16: convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8");
    }
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        throw new MalformedTextException("is binary (a NUL byte at offset %,d)".formatted(at));
      }
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      int at = in.position();
      throw new MalformedTextException(
          "is not UTF-8 (byte 0x%02X at offset %,d; possibly Latin-1): convert it to UTF-8"
              .formatted(bytes[at], at));
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length > 1 && (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
  }
}
