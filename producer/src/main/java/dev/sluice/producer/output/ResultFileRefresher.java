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

  private final Batches batches;
  private final GeneratedFiles files;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-mender", Duration.ofSeconds(1), this::round);

  ResultFileRefresher(
      Batches batches, GeneratedFiles files, PlatformTransactionManager transactions) {
    this.batches = batches;
    this.files = files;
    this.transaction = new TransactionTemplate(transactions);
  }

  private boolean round() {
    batches.withStaleResults(A_FEW).forEach(this::mend);
    return false;
  }

  private void mend(Batches.StaleResults staleResults) {
    Batch batch = staleResults.batch();
    long output = files.size(batch, StoredFile.Part.OUTPUT);
    long error = files.size(batch, StoredFile.Part.ERROR);
    transaction.executeWithoutResult(
        status -> {
          batches.lock(List.of(batch.id().uuid()));
          batches.setResultFiles(
              staleResults,
              file(batch, StoredFile.Part.OUTPUT, batch.outputFileId(), output),
              file(batch, StoredFile.Part.ERROR, batch.errorFileId(), error));
        });
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
