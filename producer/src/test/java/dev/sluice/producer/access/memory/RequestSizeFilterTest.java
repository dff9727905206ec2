package dev.sluice.producer.access.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import dev.sluice.producer.web.ApiException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class RequestSizeFilterTest {
  private static final Project A = new Project("a");
  private static final Project B = new Project("b");

  private final ProjectMemory memory =
      new ProjectMemory(new HeapLimit(100), "bodies of running requests");
  private long now;

  @Test
  void bodyThatDoesNotFitIsRejectedBeforeItIsRead() {
    try (ProjectMemory.Reservation other = memory.reservation(A);
        ProjectMemory.Reservation rejected = memory.reservation(B)) {
      other.add(60);
      assertThatThrownBy(() -> rejected.add(41))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("Retry-After");
      assertThat(memory.reservedBytes()).isEqualTo(60);
      rejected.add(26);
      assertThat(memory.reservedBytes()).isEqualTo(86);
    }
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void projectWithManyBodiesLeavesMemoryForAnother() {
    try (ProjectMemory.Reservation first = memory.reservation(A);
        ProjectMemory.Reservation second = memory.reservation(A);
        ProjectMemory.Reservation ofOther = memory.reservation(B)) {
      first.add(40);
      assertThatThrownBy(() -> second.add(27)).isInstanceOf(ApiException.class);
      second.add(26);
      ofOther.add(20);
      assertThat(memory.reservedBytes()).isEqualTo(86);
    }
  }

  @Test
  void onlyBodyMayExceedTheLimit() {
    try (ProjectMemory.Reservation only = memory.reservation(A)) {
      only.add(200);
      only.add(10);
      assertThat(memory.reservedBytes()).isEqualTo(210);
    }
  }

  @Test
  void bodyWithoutLengthIsReservedWhileItIsRead() throws IOException {
    try (ProjectMemory.Reservation other = memory.reservation(A);
        ProjectMemory.Reservation chunked = memory.reservation(B)) {
      other.add(60);
      InputStream in = new SizeLimitedRequest(request(41, -1), chunked, () -> now).getInputStream();
      in.readNBytes(26);
      assertThat(memory.reservedBytes()).isEqualTo(86);
      assertThatThrownBy(in::read).isInstanceOf(ApiException.class);
    }
  }

  @Test
  void bodyWithLengthIsNotReservedTwice() throws IOException {
    try (ProjectMemory.Reservation reservation = memory.reservation(A)) {
      reservation.add(70);
      new SizeLimitedRequest(request(70, 70), reservation, () -> now)
          .getInputStream()
          .readAllBytes();
      assertThat(memory.reservedBytes()).isEqualTo(70);
    }
  }

  @Test
  void slowBodyIsRejectedAfterTwoMinutes() throws IOException {
    try (ProjectMemory.Reservation reservation = memory.reservation(A)) {
      reservation.add(70);
      InputStream in =
          new SizeLimitedRequest(request(70, 70), reservation, () -> now).getInputStream();
      in.readNBytes(1);
      now += SizeLimitedRequest.MAX_READ_TIME.toNanos();
      in.readNBytes(1);
      now++;
      assertThatThrownBy(in::read)
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("within 120 seconds");
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
