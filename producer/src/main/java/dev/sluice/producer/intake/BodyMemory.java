package dev.sluice.producer.intake;

import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.memory.HeapLimit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the total size of the request bodies in memory. The bytes of a body are reserved before
 * they are read, until its request ends: a live call keeps its body until it has its reply.
 */
final class BodyMemory {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final long maxBytes;
  private final AtomicLong reservedBytes = new AtomicLong();

  BodyMemory(HeapLimit limit) {
    this.maxBytes = limit.bytes();
  }

  /** The bytes that are reserved for one request. */
  final class Reservation implements AutoCloseable {
    private long bytes;

    /**
     * Reserves more bytes. The only request with a body may exceed the limit.
     *
     * @throws ApiException 503 if the bodies of all requests would exceed the limit
     */
    void add(long more) {
      if (more == 0) {
        return; // a request without a body is never rejected
      }
      long total = reservedBytes.addAndGet(more);
      if (total > maxBytes && total > bytes + more) {
        reservedBytes.addAndGet(-more);
        throw full();
      }
      bytes += more;
    }

    @Override
    public void close() {
      reservedBytes.addAndGet(-bytes);
      bytes = 0;
    }
  }

  Reservation reservation() {
    return new Reservation();
  }

  long reservedBytes() {
    return reservedBytes.get();
  }

  private ApiException full() {
    return ApiException.unavailable(
        "The bodies of the running requests use the memory of this producer for them (%d bytes). Retry after the time in Retry-After."
            .formatted(maxBytes),
        "server_overloaded",
        RETRY_AFTER);
  }
}
