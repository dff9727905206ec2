package dev.sluice.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Response body that reports network failures and truncated bodies as {@link UnreachableException};
 * {@link java.net.HttpURLConnection} does not detect truncation.
 */
final class CheckedResponseBody extends FilterInputStream {
  private static final String HINT = "Try again.";

  private final ErrorMessages errors;
  private long remaining;

  /**
   * @param length length of the body in bytes; negative if unknown
   */
  CheckedResponseBody(InputStream body, long length, ErrorMessages errors) {
    super(body);
    this.remaining = length < 0 ? 0 : length;
    this.errors = errors;
  }

  @Override
  public int read() throws IOException {
    byte[] buffer = new byte[1];
    return read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count;
    try {
      count = super.read(target, offset, length);
    } catch (IOException failed) {
      throw errors.connectionLost(failed, HINT);
    }
    if (count > 0) {
      remaining -= count;
    } else if (count < 0 && remaining > 0) {
      throw errors.connectionLost(new IOException("the response is truncated"), HINT);
    }
    return count;
  }
}
