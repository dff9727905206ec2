package dev.sluice.producer.batch.output;

import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.ItemFailures;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLocks;
import dev.sluice.producer.store.LockedBatches;
import dev.sluice.producer.store.ResultRevisions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Updates the result files of finished batches after replays: creates a file that gets its first
 * line, and removes the reference to a file that has lost its last line.
 *
 * <p>It does not recreate a file that was deleted or has expired.
 */
@Component
class ResultFileRefresher extends BackgroundTask {
  private static final int MAX_BATCHES = 100;

  /** The loop pauses until 4 times the length of its last round has passed: at most 25 % load. */
  private static final int INTERVAL_PER_WORK = 4;

  private final ResultRevisions revisions;
  private final BatchLocks locks;
  private final GeneratedFiles files;
  private final TransactionTemplate transaction;
  private final ItemFailures<BatchId> failures = new ItemFailures<>("refresh the files of batch");
  private final BackgroundLoop loop =
      new BackgroundLoop("result-files", Duration.ofSeconds(1), this::round);
  private long pausedUntil = System.nanoTime();

  ResultFileRefresher(
      ResultRevisions revisions,
      BatchLocks locks,
      GeneratedFiles files,
      PlatformTransactionManager transactions) {
    this.revisions = revisions;
    this.locks = locks;
    this.files = files;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Limits the load: replays of a large batch make its files stale in every round. */
  private boolean round() throws InterruptedException {
    long start = System.nanoTime();
    if (start - pausedUntil < 0) {
      return false;
    }
    List<ResultRevisions.StaleResults> stale = revisions.stale(MAX_BATCHES);
    failures.retain(stale.stream().map(results -> results.batch().id()).toList());
    for (ResultRevisions.StaleResults results : stale) {
      failures.isolate(results.batch().id(), () -> refresh(results));
    }
    pausedUntil = start + INTERVAL_PER_WORK * (System.nanoTime() - start);
    return false;
  }

  private boolean refresh(ResultRevisions.StaleResults staleResults) {
    Batch batch = staleResults.batch();
    long output = size(batch, StoredFile.Part.OUTPUT);
    long error = size(batch, StoredFile.Part.ERROR);
    transaction.executeWithoutResult(
        status -> {
          LockedBatches locked = locks.lock(List.of(batch.id().uuid()));
          revisions.setFiles(
              locked,
              staleResults,
              file(batch, StoredFile.Part.OUTPUT, batch.files().output(), output),
              file(batch, StoredFile.Part.ERROR, batch.files().error(), error));
        });
    return false;
  }

  private long size(Batch batch, StoredFile.Part part) {
    BatchFiles.Size size = files.size(batch, part);
    while (!size.isKnown()) {
      size.count();
    }
    return size.bytes();
  }

  private @Nullable String file(
      Batch batch, StoredFile.Part part, @Nullable String fileId, long bytes) {
    if (fileId == null && bytes == 0) {
      return null;
    }
    if (fileId == null) {
      return files.resizeOrAdd(batch, part, bytes);
    }
    files.resize(batch, part, bytes);
    return bytes == 0 ? null : fileId;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
