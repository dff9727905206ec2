package dev.sluice.producer.output;

import dev.sluice.producer.batch.Batch;
import dev.sluice.producer.batch.BatchEnded;
import dev.sluice.producer.batch.BatchStatus;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Finishes batches whose tasks have all ended: adds their result files in the same transaction. */
@Component
class Finalizer extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(Finalizer.class);
  private static final int BULK_SIZE = 10;

  private final Batches batches;
  private final GeneratedFiles files;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-finalizer", Duration.ofSeconds(1), this::round);

  Finalizer(Batches batches, GeneratedFiles files, PlatformTransactionManager transactions) {
    this.batches = batches;
    this.files = files;
    this.transaction = new TransactionTemplate(transactions);
  }

  private boolean round() {
    for (Batch batch : batches.inStatus(BatchStatus.FINALIZING, BULK_SIZE)) {
      finish(batch);
    }
    return false;
  }

  private void finish(Batch batch) {
    Batch.Counts counts = batch.counts();
    long unsuccessful = counts.failed() + counts.expired() + counts.cancelled();
    long output = counts.completed() > 0 ? files.size(batch, StoredFile.Part.OUTPUT) : 0;
    long error = unsuccessful > 0 ? files.size(batch, StoredFile.Part.ERROR) : 0;
    transaction.executeWithoutResult(
        status -> {
          String outputFile =
              counts.completed() > 0 ? files.add(batch, StoredFile.Part.OUTPUT, output) : null;
          String errorFile =
              unsuccessful > 0 ? files.add(batch, StoredFile.Part.ERROR, error) : null;
          finish(batch, outputFile, errorFile, status::setRollbackOnly);
        });
    LOG.atInfo()
        .addKeyValue("batch", batch.id())
        .log(
            "Batch {} has ended: {} completed, {} failed, {} expired, {} cancelled",
            batch.id(),
            counts.completed(),
            counts.failed(),
            counts.expired(),
            counts.cancelled());
  }

  private void finish(
      Batch batch, @Nullable String output, @Nullable String error, Runnable rollBack) {
    if (!batches.finish(batch.id(), output, error)) {
      rollBack.run(); // another producer has finished the batch, with its own files
    }
  }

  @EventListener
  void ended(BatchEnded batch) {
    wake();
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
