package dev.sluice.producer.batch.output;

import dev.sluice.producer.batch.BatchStarted;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.BatchTasksFinished;
import dev.sluice.producer.file.StoredFile;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.ItemFailures;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import dev.sluice.producer.store.Batch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchLifecycle;
import dev.sluice.producer.store.BatchQueries;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Finishes batches whose tasks have all finished: adds their result files in the same transaction.
 * Each batch gets a slice of each round, so that a small batch does not wait for a large one.
 */
@Component
class BatchFinalizer extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(BatchFinalizer.class);
  private static final int MAX_BATCHES = 100;
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(4);
  private static final long SLICE_NANOS = Duration.ofMillis(200).toNanos();

  private final BatchQueries batches;
  private final BatchLifecycle lifecycle;
  private final GeneratedFiles files;
  private final TransactionTemplate transaction;
  private final Map<BatchId, Sizes> sizesByBatch = new HashMap<>();
  private final ItemFailures<BatchId> failures = new ItemFailures<>("finish batch");
  private volatile boolean idle;
  private final BackgroundLoop loop =
      BackgroundLoop.movingTasks(LoopNames.FINALIZER, INTERVAL, this::round)
          .backingOff(IDLE_INTERVAL, () -> idle);

  BatchFinalizer(
      BatchQueries batches,
      BatchLifecycle lifecycle,
      GeneratedFiles files,
      PlatformTransactionManager transactions) {
    this.batches = batches;
    this.lifecycle = lifecycle;
    this.files = files;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** The sizes of the result files of a batch, counted so far. */
  private record Sizes(BatchFiles.Size output, BatchFiles.Size error) {
    boolean countFor(long nanos) {
      long end = System.nanoTime() + nanos;
      while (!(output.isKnown() && error.isKnown()) && System.nanoTime() - end < 0) {
        (output.isKnown() ? error : output).count();
      }
      return output.isKnown() && error.isKnown();
    }
  }

  private boolean round() throws InterruptedException {
    List<Batch> finalizing = batches.finalizing(MAX_BATCHES);
    idle = finalizing.isEmpty();
    Set<BatchId> ids = finalizing.stream().map(Batch::id).collect(Collectors.toSet());
    sizesByBatch.keySet().retainAll(ids);
    failures.retain(ids);
    boolean more = false;
    for (Batch batch : finalizing) {
      more |= failures.isolate(batch.id(), () -> countAndFinish(batch));
    }
    return more;
  }

  /** True if the sizes of its files are not known yet. */
  private boolean countAndFinish(Batch batch) {
    Sizes sizes = sizesByBatch.computeIfAbsent(batch.id(), id -> sizes(batch));
    if (!sizes.countFor(SLICE_NANOS)) {
      return true;
    }
    finish(batch, sizes.output().bytes(), sizes.error().bytes());
    return false;
  }

  private Sizes sizes(Batch batch) {
    return new Sizes(
        files.size(batch, StoredFile.Part.OUTPUT), files.size(batch, StoredFile.Part.ERROR));
  }

  private void finish(Batch batch, long output, long error) {
    Batch.Counts counts = batch.counts();
    long unsuccessful = counts.failed() + counts.expired() + counts.cancelled();
    boolean finished =
        Boolean.TRUE.equals(
            transaction.execute(
                status -> {
                  String outputFile =
                      counts.completed() > 0
                          ? files.add(batch, StoredFile.Part.OUTPUT, output)
                          : null;
                  String errorFile =
                      unsuccessful > 0 ? files.add(batch, StoredFile.Part.ERROR, error) : null;
                  return finish(batch, outputFile, errorFile, status::setRollbackOnly);
                }));
    if (finished) {
      logFinished(batch, counts);
    }
  }

  private static void logFinished(Batch batch, Batch.Counts counts) {
    LOG.atInfo()
        .addKeyValue("batch", batch.id())
        .log(
            "Batch {} has finished: {} completed, {} failed, {} expired, {} cancelled",
            batch.id(),
            counts.completed(),
            counts.failed(),
            counts.expired(),
            counts.cancelled());
  }

  private boolean finish(
      Batch batch, @Nullable String output, @Nullable String error, Runnable rollBack) {
    boolean finished = lifecycle.finish(batch.id(), output, error);
    if (!finished) {
      rollBack.run(); // another producer has finished the batch, with its own files
    }
    return finished;
  }

  /**
   * A batch whose tasks all have stored results, or that is cancelled without tasks, finishes
   * immediately.
   */
  @EventListener({BatchTasksFinished.class, BatchStarted.class, BatchSuspended.class})
  void onBatchThatMayHaveEnded() {
    wake();
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
