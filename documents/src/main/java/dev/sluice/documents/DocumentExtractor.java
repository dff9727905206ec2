package dev.sluice.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the text of documents, one at a time, in a process of its own: a malicious file can
 * exhaust the memory and the time of that process only. The process starts at the first document,
 * and again after a document that ended it.
 */
public final class DocumentExtractor implements AutoCloseable {
  private final Path jar;
  private final ExtractionLimits limits;
  private final Lock lock = new ReentrantLock();
  private @Nullable ExtractorProcess process;

  /**
   * @param jar the jar of the extractor, with its libraries in the folder {@code lib} beside it
   */
  public DocumentExtractor(Path jar, ExtractionLimits limits) {
    this.jar = jar;
    this.limits = limits;
  }

  /**
   * Extracts the text of a file.
   *
   * @throws ExtractorUnavailableException if the process cannot be started
   */
  public Extraction extract(Path file) {
    lock.lock();
    try {
      ExtractorProcess running = running();
      Extraction extraction = running.extract(file);
      if (!running.isUsable()) {
        close();
      }
      return extraction;
    } finally {
      lock.unlock();
    }
  }

  private ExtractorProcess running() {
    if (process == null) {
      if (!Files.isReadable(jar)) {
        throw new ExtractorUnavailableException(
            "The document extractor %s does not exist or cannot be read.".formatted(jar));
      }
      try {
        process = ExtractorProcess.start(jar, limits);
      } catch (IOException failure) {
        throw new ExtractorUnavailableException(
            "The document extractor cannot be started: %s".formatted(failure.getMessage()));
      }
    }
    return process;
  }

  /** Ends the process; the next document starts it again. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (process != null) {
        process.close();
        process = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
