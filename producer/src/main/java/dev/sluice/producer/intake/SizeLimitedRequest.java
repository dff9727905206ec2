package dev.sluice.producer.intake;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Limits a request body without {@code Content-Length}: counts its bytes and reserves memory for
 * them while they are read.
 */
final class SizeLimitedRequest extends HttpServletRequestWrapper {
  private final BodyMemory.Reservation reservation;

  SizeLimitedRequest(HttpServletRequest request, BodyMemory.Reservation reservation) {
    super(request);
    this.reservation = reservation;
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return new CountingInputStream(
        super.getInputStream(), getContentLengthLong() < 0 ? reservation : null);
  }

  private static final class CountingInputStream extends ServletInputStream {
    private final ServletInputStream in;

    /** Null if the length of the body is known, and so reserved already. */
    private final BodyMemory.@Nullable Reservation reservation;

    private long remaining = RequestSizeFilter.MAX_BYTES;

    CountingInputStream(ServletInputStream in, BodyMemory.@Nullable Reservation reservation) {
      this.in = in;
      this.reservation = reservation;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int bytes) {
      remaining -= bytes;
      if (remaining < 0) {
        throw RequestSizeFilter.tooLarge();
      }
      if (reservation != null) {
        reservation.add(bytes);
      }
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
