package dev.sluice.producer.file.document;

import dev.sluice.documents.DocumentExtractor;
import dev.sluice.documents.Extraction;
import dev.sluice.documents.ExtractionLimits;
import dev.sluice.documents.ExtractorUnavailableException;
import dev.sluice.documents.TemporaryFiles;
import dev.sluice.producer.web.ApiException;
import jakarta.annotation.PreDestroy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * The extractor process of this producer, for all requests. It starts with the first document and
 * ends when it has been idle for a minute.
 */
@Component
class SharedExtractor {
  private static final int MAX_REQUESTS = 4;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final Duration MAX_IDLE_TIME = Duration.ofMinutes(1);

  /** Longer than any document is in use. */
  private static final Duration MIN_AGE_OF_LEFTOVERS = Duration.ofHours(1);

  private final Semaphore requests = new Semaphore(MAX_REQUESTS);
  private final AtomicLong uses = new AtomicLong();
  private final @Nullable DocumentExtractor extractor;

  SharedExtractor(DocumentSettings settings, Clock clock) {
    Path jar = settings.jar();
    extractor = jar == null ? null : new DocumentExtractor(jar, ExtractionLimits.DEFAULT);
    TemporaryFiles.deleteLeftovers(
        Path.of(System.getProperty("java.io.tmpdir")), clock.instant().minus(MIN_AGE_OF_LEFTOVERS));
  }

  /**
   * Returns the extractor.
   *
   * @throws ApiException if there is none
   */
  DocumentExtractor requireAvailable() {
    if (extractor == null) {
      throw unavailable(
          "This producer extracts no text: set sluice.documents.jar to the jar of the extractor.");
    }
    return extractor;
  }

  /**
   * Admits a request that has stored its document.
   *
   * @throws ApiException if there is no extractor, or too many requests use it
   */
  Admission admit() {
    DocumentExtractor shared = requireAvailable();
    if (!requests.tryAcquire()) {
      throw ApiException.tooManyRequests(
          "The producer is already processing %d documents, the maximum. Retry after the time in Retry-After."
              .formatted(MAX_REQUESTS),
          RETRY_AFTER);
    }
    return new Admission(shared);
  }

  /** The right of one request to use the extractor, until it is closed. */
  final class Admission implements AutoCloseable {
    private final DocumentExtractor shared;

    private Admission(DocumentExtractor shared) {
      this.shared = shared;
    }

    /**
     * Extracts the text of a file.
     *
     * @throws ApiException if the extractor cannot be started
     */
    Extraction extract(Path file) {
      long use = uses.incrementAndGet();
      try {
        return shared.extract(file);
      } catch (ExtractorUnavailableException failure) {
        throw unavailable(String.valueOf(failure.getMessage()));
      } finally {
        CompletableFuture.delayedExecutor(MAX_IDLE_TIME.toSeconds(), TimeUnit.SECONDS)
            .execute(() -> closeIfUnusedSince(shared, use));
      }
    }

    @Override
    public void close() {
      requests.release();
    }
  }

  private void closeIfUnusedSince(DocumentExtractor shared, long use) {
    if (uses.get() == use) {
      shared.close();
    }
  }

  private static ApiException unavailable(String message) {
    return ApiException.serverError(
        HttpStatus.SERVICE_UNAVAILABLE, message, "document_extractor_unavailable");
  }

  @PreDestroy
  void stop() {
    if (extractor != null) {
      extractor.close();
    }
  }
}
