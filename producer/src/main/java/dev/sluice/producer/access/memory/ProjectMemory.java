package dev.sluice.producer.access.memory;

import dev.sluice.producer.access.Project;
import dev.sluice.producer.infrastructure.memory.HeapLimit;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the memory that all requests of one kind use. Bytes are reserved before they are read,
 * until the request ends.
 *
 * <p>The requests of one project use at most twice the memory that remains free: two thirds if no
 * other project sends requests, less otherwise. So a project with many or slow requests always
 * leaves memory for another one (dynamic thresholds, as in the shared buffers of network switches).
 */
public final class ProjectMemory {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int MAX_USED_PER_FREE = 2;

  private final long maxBytes;
  private final String content;
  private final Map<Project, Long> usedBytes = new HashMap<>();
  private long reservedBytes;

  /**
   * @param content what uses the memory, for the error message, such as {@code "request bodies"}
   */
  public ProjectMemory(HeapLimit limit, String content) {
    this.maxBytes = limit.bytes();
    this.content = content;
  }

  /** The bytes that are reserved for one request. */
  public final class Reservation implements AutoCloseable {
    private final Project project;
    private long bytes;

    private Reservation(Project project) {
      this.project = project;
    }

    /**
     * Reserves more bytes. The only request may exceed the limits.
     *
     * @throws ApiException 503 if all requests, or those of the project, would exceed their limit
     */
    public void add(long more) {
      if (more > 0 && !tryReserve(project, bytes, more)) {
        throw full();
      }
      bytes += more;
    }

    @Override
    public void close() {
      release(project, bytes);
      bytes = 0;
    }
  }

  private synchronized boolean tryReserve(Project project, long ofRequest, long more) {
    boolean isOnly = reservedBytes == ofRequest;
    long used = usedBytes.getOrDefault(project, 0L) + more;
    long free = maxBytes - reservedBytes - more;
    if (!isOnly && used > MAX_USED_PER_FREE * free) {
      return false;
    }
    usedBytes.put(project, used);
    reservedBytes += more;
    return true;
  }

  private synchronized void release(Project project, long bytes) {
    reservedBytes -= bytes;
    usedBytes.computeIfPresent(project, (key, used) -> used == bytes ? null : used - bytes);
  }

  /** A reservation of 0 bytes, for one request. */
  public Reservation reservation(Project project) {
    return new Reservation(project);
  }

  /** The bytes of all requests. */
  public synchronized long reservedBytes() {
    return reservedBytes;
  }

  private ApiException full() {
    return ApiException.unavailable(
        "No memory is available for more %s; this producer's maximum for all projects is %d bytes. Retry after the time in Retry-After."
            .formatted(content, maxBytes),
        "server_overloaded",
        RETRY_AFTER);
  }
}
