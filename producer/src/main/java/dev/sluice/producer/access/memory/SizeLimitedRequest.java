package dev.sluice.producer.access.memory;

import dev.sluice.producer.web.ApiException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits a request body: its time, and its size if it has no {@code Content-Length}. Such a body
 * reserves memory for its bytes while they are read.
 */
final class SizeLimitedRequest extends HttpServletRequestWrapper {
  /** A slow body keeps its memory. The largest one needs 70 KB/s. */
  static final Duration MAX_READ_TIME = Duration.ofMinutes(2);

  private final ProjectMemory.Reservation reservation;
  private final LongSupplier nanoTime;
  private final long startedAt;

  /**
   * @param nanoTime a monotonic clock
   */
  SizeLimitedRequest(
      HttpServletRequest request, ProjectMemory.Reservation reservation, LongSupplier nanoTime) {
    super(request);
    this.reservation = reservation;
    this.nanoTime = nanoTime;
    this.startedAt = nanoTime.getAsLong();
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return new CountingInputStream(
        super.getInputStream(), getContentLengthLong() < 0 ? reservation : null);
  }

  private void checkTime() {
    if (nanoTime.getAsLong() - startedAt > MAX_READ_TIME.toNanos()) {
      throw ApiException.requestTimeout(
          "The request body did not arrive within %d seconds. Send it faster, or send a smaller one."
              .formatted(MAX_READ_TIME.toSeconds()));
    }
  }

  private final class CountingInputStream extends ServletInputStream {
    private final ServletInputStream in;

    /** Null if the length of the body is known, and so reserved already. */
    private final ProjectMemory.@Nullable Reservation reservation;

    private long remaining = RequestSizeFilter.MAX_BYTES;

    CountingInputStream(ServletInputStream in, ProjectMemory.@Nullable Reservation reservation) {
      this.in = in;
      this.reservation = reservation;
    }

    @Override
    public int read() throws IOException {
      int value = in.read();
      checkTime();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      checkTime();
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
