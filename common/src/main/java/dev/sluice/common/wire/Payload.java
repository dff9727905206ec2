package dev.sluice.common.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The provider's JSON, byte for byte: Sluice parses it but forwards the original bytes. */
public final class Payload {
  private static final Payload EMPTY = new Payload(new byte[0]);
  private static final int DECODED_CHARS = 8 * 1024;

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps the bytes without a copy: the caller must not modify them afterwards. */
  public static Payload of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes);
  }

  /** Encodes the text as UTF-8. */
  public static Payload of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Payload empty() {
    return EMPTY;
  }

  /** The wrapped array, not a copy: callers must not modify it. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length in bytes. */
  public int size() {
    return bytes.length;
  }

  /** The bytes decoded as UTF-8. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Whether the bytes are well-formed UTF-8. */
  public boolean isUtf8() {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out =
        CharBuffer.allocate(
            Math.clamp(bytes.length, 2, DECODED_CHARS)); // the text itself is not needed
    CoderResult result = CoderResult.OVERFLOW;
    while (result.isOverflow()) {
      out.clear();
      result = decoder.decode(in, out, /* endOfInput= */ true);
    }
    return !result.isError();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload payload && Arrays.equals(bytes, payload.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The size only, so that prompts and replies do not reach a log. */
  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes]";
  }
}
