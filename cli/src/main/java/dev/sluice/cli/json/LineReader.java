package dev.sluice.cli.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a stream, one at a time; only {@code \n} ends a line. */
public final class LineReader {
  private final InputStream stream;
  private final int longest;
  private final byte[] chunk = new byte[64 * 1024];
  private int at;
  private int filled;
  private long offset;

  /**
   * @param longest what is kept of a line, in bytes: of a longer one, its start
   */
  public LineReader(InputStream stream, int longest) {
    this.stream = stream;
    this.longest = longest;
  }

  /**
   * A line without its end.
   *
   * @param start where it starts in the stream, in bytes
   * @param length of the whole line, in bytes
   * @param bytes the line, or the start of one that is too long
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, by its one caller
  public record Line(long start, long length, byte[] bytes) {
    public boolean cut() {
      return length > bytes.length;
    }

    public boolean blank() {
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
      kept.write(chunk, at, Math.min(end - at, Math.max(0, longest - kept.size())));
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
