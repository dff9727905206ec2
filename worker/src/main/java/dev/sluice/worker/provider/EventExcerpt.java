package dev.sluice.worker.provider;

import java.util.Arrays;
import java.util.Optional;

/**
 * A short copy of the current line of an event stream: JSON without the contents of long strings
 * and arrays. The last event of the Responses API repeats the whole output, and has the status and
 * the usage before and after it.
 *
 * <p>Reads each byte once, and keeps at most 32 KiB.
 */
final class EventExcerpt {
  private static final int FIRST_BYTES = 512;
  private static final int MAX_BYTES = 32 * 1024;
  private static final int MAX_STRING_BYTES = 1024;
  private static final int MAX_ARRAY_BYTES = 4 * 1024;

  private byte[] excerpt = new byte[FIRST_BYTES];
  private int length;
  private long lineBytes;
  private boolean overflow;
  private boolean inString;
  private boolean escaped;
  private int stringStart;

  /** The number of open arrays. */
  private int arrays;

  private int arrayStart;

  /** Whether the rest of the string, or of the outermost array, is left out. */
  private boolean skipsString;

  private boolean skipsArray;

  /** Whether the byte ends the line. */
  static boolean isEnd(byte value) {
    return value == '\n';
  }

  /** The size of the line so far. */
  long lineBytes() {
    return lineBytes;
  }

  /** Adds the next byte of the line. */
  void add(byte value) {
    lineBytes++;
    if (inString) {
      addToString(value);
    } else {
      addOutside(value);
    }
  }

  private void addToString(byte value) {
    boolean isEnd = value == '"' && !escaped;
    escaped = value == '\\' && !escaped;
    if (isEnd) {
      inString = false;
      skipsString = false;
    } else if (skipsString) {
      return;
    }
    append(value);
    if (!isEnd && length - stringStart > MAX_STRING_BYTES) {
      length = stringStart;
      skipsString = true;
    }
  }

  private void addOutside(byte value) {
    if (value == ']' && arrays > 0) {
      arrays--;
      if (arrays == 0 && skipsArray) {
        skipsArray = false;
      }
    }
    append(value);
    if (value == '"') {
      inString = true;
      stringStart = length;
    } else if (value == '[') {
      arrays++;
      if (arrays == 1) {
        arrayStart = length;
      }
    }
    if (arrays > 0 && !skipsArray && length - arrayStart > MAX_ARRAY_BYTES) {
      length = arrayStart;
      skipsArray = true;
    }
  }

  private void append(byte value) {
    if (skipsArray) {
      return;
    }
    if (length == MAX_BYTES) {
      overflow = true;
      return;
    }
    if (length == excerpt.length) {
      excerpt = Arrays.copyOf(excerpt, 2 * length);
    }
    excerpt[length] = value;
    length++;
  }

  /** Ends the line; empty if even the excerpt is too long. */
  Optional<byte[]> end() {
    Optional<byte[]> line =
        overflow ? Optional.empty() : Optional.of(Arrays.copyOf(excerpt, length));
    length = 0;
    lineBytes = 0;
    overflow = false;
    inString = false;
    escaped = false;
    arrays = 0;
    skipsString = false;
    skipsArray = false;
    return line;
  }
}
