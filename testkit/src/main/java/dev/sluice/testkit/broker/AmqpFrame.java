package dev.sluice.testkit.broker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One AMQP 0-9-1 frame: type, channel, size, payload and end marker. */
@SuppressWarnings("ArrayRecordComponent") // A frame is forwarded, never compared.
record AmqpFrame(byte[] bytes) {
  private static final int HEADER_SIZE = 7;
  private static final int METHOD = 1;
  private static final int BASIC = 60;
  private static final int PUBLISH = 40;
  private static final int ACK = 80;

  /** Reads the next frame, or returns null at the end of the stream. */
  static @Nullable AmqpFrame read(DataInputStream in) throws IOException {
    byte[] head = in.readNBytes(HEADER_SIZE);
    if (head.length < HEADER_SIZE) {
      return null;
    }
    int remaining = ByteBuffer.wrap(head).getInt(3) + 1;
    byte[] bytes = new byte[HEADER_SIZE + remaining];
    System.arraycopy(head, 0, bytes, 0, HEADER_SIZE);
    if (in.readNBytes(bytes, HEADER_SIZE, remaining) < remaining) {
      throw new EOFException("incomplete AMQP frame");
    }
    return new AmqpFrame(bytes);
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  int channel() {
    return ByteBuffer.wrap(bytes).getShort(1);
  }

  /**
   * Whether this is {@code basic.ack}: a publisher confirm from the broker, a settlement from a
   * client.
   */
  boolean isAck() {
    return isMethod(ACK);
  }

  /** The exchange of a {@code basic.publish}. */
  Optional<String> publishesTo() {
    if (!isMethod(PUBLISH)) {
      return Optional.empty();
    }
    int length = bytes[HEADER_SIZE + 6];
    return Optional.of(new String(bytes, HEADER_SIZE + 7, length, StandardCharsets.US_ASCII));
  }

  private boolean isMethod(int method) {
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    return frame.get(0) == METHOD
        && frame.getShort(HEADER_SIZE) == BASIC
        && frame.getShort(HEADER_SIZE + 2) == method;
  }
}
