package dev.sluice.producer.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Ends one byte after its bound: who reads that byte knows that there was more. */
final class SizeLimitedStream extends FilterInputStream {
  private long left;

  SizeLimitedStream(InputStream in, long bound) {
    super(in);
    this.left = bound + 1;
  }

  @Override
  public int read() throws IOException {
    int one = left > 0 ? super.read() : -1;
    if (one >= 0) {
      left--;
    }
    return one;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0 && length > 0) {
      return -1;
    }
    int count = super.read(bytes, offset, (int) Math.min(length, left));
    if (count > 0) {
      left -= count;
    }
    return count;
  }
}
