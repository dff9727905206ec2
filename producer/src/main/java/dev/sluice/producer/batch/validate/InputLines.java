package dev.sluice.producer.batch.validate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Splits a JSON Lines file into its lines, with one line in memory at a time.
 *
 * <p>Only a newline byte ends a line, because JSON strings may contain U+2028. A byte order mark at
 * the start and a carriage return at the end of a line are removed. Blank lines are skipped but
 * counted.
 */
final class InputLines {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int filled;
  private long number;

  /**
   * One line.
   *
   * @param number from 1
   * @param bytes without the line ending; truncated if the line is too long
   */
  @SuppressWarnings("ArrayRecordComponent") // instances are never compared
  record Line(long number, byte[] bytes, boolean tooLong) {}

  /**
   * @param maxBytes the size at which a line is truncated
   */
  InputLines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** Whether a first line starts with a byte order mark or an ASCII character of UTF-16. */
  static boolean isUtf16(byte[] line) {
    return line.length >= 2
        && (line[0] == 0
            || line[1] == 0
            || (line[0] == (byte) 0xFE && line[1] == (byte) 0xFF)
            || (line[0] == (byte) 0xFF && line[1] == (byte) 0xFE));
  }

  /** The next line that is not blank; empty at the end of the file. */
  Optional<Line> next() throws IOException {
    while (true) {
      Optional<Line> line = read();
      if (line.isEmpty() || !isBlank(line.get().bytes())) {
        return line;
      }
    }
  }

  private Optional<Line> read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    boolean tooLong = false;
    boolean found = false;
    while (fill()) {
      found = true;
      int end = position;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      int remaining = maxBytes - line.size();
      line.write(buffer, position, Math.min(end - position, remaining));
      tooLong |= end - position > remaining;
      boolean ended = end < filled;
      position = ended ? end + 1 : end;
      if (ended) {
        break;
      }
    }
    return found ? Optional.of(line(line.toByteArray(), tooLong)) : Optional.empty();
  }

  private Line line(byte[] raw, boolean tooLong) {
    number++;
    int start = number == 1 && startsWithMark(raw) ? BYTE_ORDER_MARK.length : 0;
    int end = raw.length > start && raw[raw.length - 1] == '\r' ? raw.length - 1 : raw.length;
    return new Line(number, Arrays.copyOfRange(raw, start, end), tooLong);
  }

  private boolean fill() throws IOException {
    if (position == filled) {
      position = 0;
      filled = Math.max(0, in.read(buffer));
    }
    return filled > 0;
  }

  private static boolean startsWithMark(byte[] raw) {
    return raw.length >= BYTE_ORDER_MARK.length
        && Arrays.equals(
            raw, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
