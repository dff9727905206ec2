package dev.sluice.cli.file.table;

import dev.sluice.cli.terminal.CommandException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies text in UTF-8, or in UTF-16 with a byte-order mark, as UTF-8 without the mark. */
final class TextCopy {
  private static final int BUFFER_SIZE = 1 << 16;

  private final String name;
  private final Charset charset;
  private final Writer target;
  private final CharBuffer chars = CharBuffer.allocate(BUFFER_SIZE);
  private long line = 1;
  private boolean afterCarriageReturn;

  private TextCopy(String name, Charset charset, Writer target) {
    this.name = name;
    this.charset = charset;
    this.target = target;
  }

  /**
   * Copies the text; true if it has a byte-order mark.
   *
   * @param name name of the input, for messages
   * @throws CommandException if the input is not text; the message has the line
   */
  static boolean toUtf8(InputStream in, String name, Path target) throws IOException {
    byte[] start = in.readNBytes(3);
    Charset charset = charset(start);
    int mark = markLength(start, charset);
    InputStream text =
        new SequenceInputStream(new ByteArrayInputStream(start, mark, start.length - mark), in);
    try (Writer writer =
        new OutputStreamWriter(Files.newOutputStream(target), StandardCharsets.UTF_8)) {
      new TextCopy(name, charset, writer).copy(text);
    }
    return mark > 0;
  }

  /** The first character that is not white space; 0 if there is none. */
  static char firstCharacter(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      int next = reader.read();
      while (next >= 0 && Character.isWhitespace(next)) {
        next = reader.read();
      }
      return next < 0 ? 0 : (char) next;
    }
  }

  private static Charset charset(byte[] start) {
    if (startsWith(start, 0xFF, 0xFE)) {
      return StandardCharsets.UTF_16LE;
    }
    return startsWith(start, 0xFE, 0xFF) ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
  }

  private static int markLength(byte[] start, Charset charset) {
    if (!charset.equals(StandardCharsets.UTF_8)) {
      return 2;
    }
    return startsWith(start, 0xEF, 0xBB, 0xBF) ? 3 : 0;
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    for (int at = 0; at < start.length; at++) {
      if (at >= bytes.length || (bytes[at] & 0xFF) != start[at]) {
        return false;
      }
    }
    return true;
  }

  private void copy(InputStream in) throws IOException {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer bytes = ByteBuffer.allocate(BUFFER_SIZE);
    boolean atEnd = false;
    while (!atEnd) {
      int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
      atEnd = read < 0;
      bytes.position(bytes.position() + Math.max(0, read)).flip();
      CoderResult result;
      do {
        result = decoder.decode(bytes, chars, atEnd);
        writeDecoded();
      } while (result.isOverflow());
      if (result.isError()) {
        throw malformed(bytes.get(bytes.position()));
      }
      bytes.compact();
    }
  }

  private void writeDecoded() throws IOException {
    chars.flip();
    for (int at = 0; at < chars.length(); at++) {
      count(chars.charAt(at));
    }
    target.append(chars);
    chars.clear();
  }

  private void count(char character) {
    if (character == 0) {
      throw CommandException.invalidInput(
          "%s: line %d has a NUL character: the input is binary, or UTF-16 without a byte-order mark. Convert it to UTF-8. Nothing was sent."
              .formatted(name, line));
    }
    if (character == '\r' || (character == '\n' && !afterCarriageReturn)) {
      line++;
    }
    afterCarriageReturn = character == '\r';
  }

  private CommandException malformed(byte value) {
    return CommandException.invalidInput(
        "%s: line %d is not %s (byte 0x%02X%s). Convert it to UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8. Nothing was sent."
            .formatted(
                name,
                line,
                charset.name(),
                value,
                charset.equals(StandardCharsets.UTF_8)
                    ? "; possibly Latin-1 or Windows-1252"
                    : ""));
  }
}
