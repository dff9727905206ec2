package dev.sluice.producer.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Ends one byte after its limit, so that the reader detects a stream that is too long. */
final class SizeLimitedStream extends FilterInputStream {
  private long remaining;

  SizeLimitedStream(InputStream in, long limit) {
    super(in);
    this.remaining = limit + 1;
  }

  @Override
  public int read() throws IOException {
    int value = remaining > 0 ? super.read() : -1;
    if (value >= 0) {
      remaining--;
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (remaining == 0 && length > 0) {
      return -1;
    }
    int count = super.read(bytes, offset, (int) Math.min(length, remaining));
    if (count > 0) {
      remaining -= count;
    }
    return count;
  }
}
