package dev.sluice.producer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.memory.HeapLimit;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class RequestSizeFilterTest {
  private final BodyMemory memory = new BodyMemory(new HeapLimit(100));

  @Test
  void bodyThatDoesNotFitIsRejectedBeforeItIsRead() {
    try (BodyMemory.Reservation other = memory.reservation();
        BodyMemory.Reservation rejected = memory.reservation()) {
      other.add(60);
      assertThatThrownBy(() -> rejected.add(41))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("Retry-After");
      assertThat(memory.reservedBytes()).isEqualTo(60);
      rejected.add(40);
    }
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void onlyBodyMayExceedTheLimit() {
    try (BodyMemory.Reservation only = memory.reservation()) {
      only.add(200);
      only.add(10);
      assertThat(memory.reservedBytes()).isEqualTo(210);
    }
  }

  @Test
  void bodyWithoutLengthIsReservedWhileItIsRead() throws IOException {
    try (BodyMemory.Reservation other = memory.reservation();
        BodyMemory.Reservation chunked = memory.reservation()) {
      other.add(60);
      InputStream in = new SizeLimitedRequest(request(41, -1), chunked).getInputStream();
      in.readNBytes(40);
      assertThat(memory.reservedBytes()).isEqualTo(100);
      assertThatThrownBy(in::read).isInstanceOf(ApiException.class);
    }
  }

  @Test
  void bodyWithLengthIsNotReservedTwice() throws IOException {
    try (BodyMemory.Reservation reservation = memory.reservation()) {
      reservation.add(70);
      new SizeLimitedRequest(request(70, 70), reservation).getInputStream().readAllBytes();
      assertThat(memory.reservedBytes()).isEqualTo(70);
    }
  }

  private static HttpServletRequest request(int bytes, long contentLength) {
    ZeroStream body = new ZeroStream(bytes);
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            HttpServletRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getInputStream" -> body;
                  case "getContentLengthLong" -> contentLength;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static final class ZeroStream extends ServletInputStream {
    private int remaining;

    ZeroStream(int bytes) {
      this.remaining = bytes;
    }

    @Override
    public int read() {
      return remaining-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (remaining <= 0) {
        return -1;
      }
      int count = Math.min(remaining, length);
      remaining -= count;
      return count;
    }

    @Override
    public boolean isFinished() {
      return remaining <= 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
