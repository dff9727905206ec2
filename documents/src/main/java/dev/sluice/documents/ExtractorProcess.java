package dev.sluice.documents;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A running extractor process. Requests are paths on its stdin, replies are on its stdout. */
final class ExtractorProcess implements AutoCloseable {
  /** Exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int OUT_OF_MEMORY = 3;

  private final Process process;
  private final Path temporary;
  private final ExtractionLimits limits;
  private final DataOutputStream requests;
  private final DataInputStream replies;
  private final Thread shutdownHook = new Thread(this::destroy, "stop-document-extractor");
  private boolean usable = true;

  private ExtractorProcess(Process process, Path temporary, ExtractionLimits limits) {
    this.process = process;
    this.temporary = temporary;
    this.limits = limits;
    this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.replies = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
  }

  static ExtractorProcess start(Path jar, ExtractionLimits limits) throws IOException {
    Path temporary = Files.createTempDirectory(TemporaryFiles.PREFIX);
    try {
      Process process = ExtractorCommand.builder(jar, temporary, limits).start();
      ExtractorProcess started = new ExtractorProcess(process, temporary, limits);
      Runtime.getRuntime().addShutdownHook(started.shutdownHook);
      return started;
    } catch (IOException failure) {
      TemporaryFiles.delete(temporary);
      throw failure;
    }
  }

  Extraction extract(Path file) {
    AtomicBoolean waiting = new AtomicBoolean(true);
    CompletableFuture.delayedExecutor(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (waiting.compareAndSet(true, false)) {
                process.destroyForcibly();
              }
            });
    try {
      Files.setLastModifiedTime(temporary, FileTime.fromMillis(System.currentTimeMillis()));
      requests.writeUTF(file.toAbsolutePath().toString());
      requests.flush();
      Extraction extraction = ExtractionCodec.read(replies, limits.textCharacters());
      usable = waiting.compareAndSet(true, false);
      return extraction;
    } catch (IOException ended) {
      usable = false;
      return waiting.compareAndSet(true, false) ? crashed() : timedOut();
    }
  }

  /** Whether the process can extract another document. */
  boolean isUsable() {
    return usable;
  }

  private Extraction timedOut() {
    return new Extraction.Problem(
        Extraction.Kind.FAILED,
        "could not be read: its text was not extracted within %d s"
            .formatted(limits.timeout().toSeconds()));
  }

  private Extraction crashed() {
    int exitCode = process.destroyForcibly().onExit().join().exitValue();
    return new Extraction.Problem(
        Extraction.Kind.FAILED,
        exitCode == OUT_OF_MEMORY
            ? "could not be read: its extraction needs more than %d MiB of memory"
                .formatted(limits.heapMebibytes())
            : "could not be read: the extractor process ended with exit code %d"
                .formatted(exitCode));
  }

  @Override
  public void close() {
    destroy();
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs.
    }
  }

  private void destroy() {
    process.destroyForcibly();
    process.onExit().join();
    TemporaryFiles.delete(temporary);
  }
}
