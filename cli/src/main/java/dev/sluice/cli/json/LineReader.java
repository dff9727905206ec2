package dev.sluice.cli.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads a stream line by line; only {@code \n} is a line break. */
public final class LineReader {
  private final InputStream stream;
  private final int maxLength;
  private final byte[] chunk = new byte[64 * 1024];
  private int at;
  private int filled;
  private long offset;

  /**
   * @param maxLength bytes to keep of a line; longer lines are truncated
   */
  public LineReader(InputStream stream, int maxLength) {
    this.stream = stream;
    this.maxLength = maxLength;
  }

  /**
   * A line without its line break.
   *
   * @param start offset in the stream, in bytes
   * @param length length of the whole line, in bytes
   * @param bytes the line, truncated to the maximum length
   */
  @SuppressWarnings("ArrayRecordComponent") // the only caller reads it once and does not modify it
  public record Line(long start, long length, byte[] bytes) {
    public boolean isTruncated() {
      return length > bytes.length;
    }

    public boolean isBlank() {
      for (byte b : bytes) {
        if (b != ' ' && b != '\t' && b != '\r') {
          return false;
        }
      }
      return true;
    }
  }

  /** The next line; null at the end. */
  public @Nullable Line next() throws IOException {
    long start = offset;
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    while (at < filled || fill()) {
      int end = at;
      while (end < filled && chunk[end] != '\n') {
        end++;
      }
      kept.write(chunk, at, Math.min(end - at, Math.max(0, maxLength - kept.size())));
      offset += end - at;
      at = end;
      if (at < filled) {
        at++;
        offset++;
        return new Line(start, offset - 1 - start, kept.toByteArray());
      }
    }
    return offset == start ? null : new Line(start, offset - start, kept.toByteArray());
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = Math.max(0, stream.read(chunk));
    return filled > 0;
  }
}
