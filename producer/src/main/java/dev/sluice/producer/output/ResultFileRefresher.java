package dev.sluice.producer.output;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the files of batches at rest as their tasks are, where some were replayed: a file that had
 * no line before comes into being, one that has none any more is no longer named.
 *
 * <p>A file that was deleted or has expired stays away.
 */
@Component
class ResultFileRefresher extends BackgroundTask {
  private static final int A_FEW = 10;

  /** The loop reads for a quarter of the time at most. */
  private static final int PAUSE_FOR_WORK = 4;

  private final Batches batches;
  private final GeneratedFiles files;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("result-files", Duration.ofSeconds(1), this::round);
  private long pausedUntil = System.nanoTime();

  ResultFileRefresher(
      Batches batches, GeneratedFiles files, PlatformTransactionManager transactions) {
    this.batches = batches;
    this.files = files;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * While replays of a large batch end, its files change all the time: reading them takes turns.
   */
  private boolean round() {
    long began = System.nanoTime();
    if (began - pausedUntil < 0) {
      return false;
    }
    batches.withStaleResults(A_FEW).forEach(this::mend);
    pausedUntil = began + PAUSE_FOR_WORK * (System.nanoTime() - began);
    return false;
  }

  private void mend(Batches.StaleResults staleResults) {
    Batch batch = staleResults.batch();
    long output = size(batch, StoredFile.Part.OUTPUT);
    long error = size(batch, StoredFile.Part.ERROR);
    transaction.executeWithoutResult(
        status -> {
          batches.lock(List.of(batch.id().uuid()));
          batches.setResultFiles(
              staleResults,
              file(batch, StoredFile.Part.OUTPUT, batch.outputFileId(), output),
              file(batch, StoredFile.Part.ERROR, batch.errorFileId(), error));
        });
  }

  private long size(Batch batch, StoredFile.Part part) {
    BatchFiles.Size size = files.size(batch, part);
    while (!size.isKnown()) {
      size.count();
    }
    return size.bytes();
  }

  private @Nullable String file(
      Batch batch, StoredFile.Part part, @Nullable String before, long bytes) {
    if (before == null && bytes == 0) {
      return null;
    }
    if (before == null) {
      return files.resizeOrAdd(batch, part, bytes);
    }
    files.resize(batch, part, bytes);
    return bytes == 0 ? null : before;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
