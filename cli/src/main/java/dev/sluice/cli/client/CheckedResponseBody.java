package dev.sluice.cli.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A reply's body that tells the network's failures from those of the disk, and a body that is cut
 * short from one that ends: {@link java.net.HttpURLConnection} does neither.
 */
final class CheckedResponseBody extends FilterInputStream {
  private static final String CONSEQUENCE = "Try again.";

  private final ErrorMessages errors;
  private long missing;

  /**
   * @param length of the body, in bytes; negative where the reply does not say
   */
  CheckedResponseBody(InputStream body, long length, ErrorMessages errors) {
    super(body);
    this.missing = length < 0 ? 0 : length;
    this.errors = errors;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count;
    try {
      count = super.read(target, offset, length);
    } catch (IOException broken) {
      throw errors.brokenOff(broken, CONSEQUENCE);
    }
    if (count > 0) {
      missing -= count;
    } else if (count < 0 && missing > 0) {
      throw errors.brokenOff(new IOException("the reply is cut short"), CONSEQUENCE);
    }
    return count;
  }
}
