package dev.sluice.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The replies of the extractor process: a tag byte, the fields, and the text with its length in
 * bytes before it.
 */
public final class ExtractionCodec {
  private static final byte TEXT = 0;
  private static final byte PROBLEM = 1;
  private static final int MAX_UTF8_BYTES_PER_CHARACTER = 3;

  private ExtractionCodec() {}

  /** Writes a reply; does not flush. */
  public static void write(Extraction extraction, DataOutputStream out) throws IOException {
    switch (extraction) {
      case Extraction.Text text -> {
        out.writeByte(TEXT);
        out.writeInt(text.pages());
        out.writeInt(text.pagesWithoutText());
        writeString(text.text(), out);
      }
      case Extraction.Problem problem -> {
        out.writeByte(PROBLEM);
        out.writeUTF(problem.kind().name());
        writeString(problem.message(), out);
      }
    }
  }

  /**
   * Reads a reply.
   *
   * @param maxCharacters longest text that is accepted
   * @throws IOException if the process has ended or the reply is malformed
   */
  public static Extraction read(DataInputStream in, int maxCharacters) throws IOException {
    try {
      byte tag = in.readByte();
      return switch (tag) {
        case TEXT -> {
          int pages = in.readInt();
          int pagesWithoutText = in.readInt();
          yield new Extraction.Text(readString(in, maxCharacters), pages, pagesWithoutText);
        }
        case PROBLEM -> {
          Extraction.Kind kind = Extraction.Kind.valueOf(in.readUTF());
          yield new Extraction.Problem(kind, readString(in, maxCharacters));
        }
        default -> throw new IOException("unknown tag " + tag);
      };
    } catch (IllegalArgumentException malformed) {
      throw new IOException("malformed reply", malformed);
    }
  }

  private static void writeString(String value, DataOutputStream out) throws IOException {
    byte[] bytes = value.getBytes(UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readString(DataInputStream in, int maxCharacters) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > (long) maxCharacters * MAX_UTF8_BYTES_PER_CHARACTER) {
      throw new IOException("length " + length + " is out of range");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, UTF_8);
  }
}
