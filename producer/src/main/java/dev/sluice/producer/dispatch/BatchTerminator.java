package dev.sluice.producer.dispatch;

import dev.sluice.producer.batch.BatchEnded;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ends the queued tasks of batches that were cancelled or whose completion window has passed.
 * Publishes an outcome for each task, as a worker does, so that every consumer of the outcomes
 * receives all tasks.
 */
@Component
class BatchTerminator extends BackgroundTask {
  private final Batches batches;
  private final Backlog backlog;
  private final TaskPublisher publisher;
  private final ApplicationEventPublisher events;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-endings", Duration.ofSeconds(1), this::round);

  BatchTerminator(
      Batches batches,
      Backlog backlog,
      TaskPublisher publisher,
      ApplicationEventPublisher events,
      PlatformTransactionManager transactions) {
    this.batches = batches;
    this.backlog = backlog;
    this.publisher = publisher;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
  }

  @EventListener(BatchSuspended.class)
  void onBatchSuspended() {
    wake();
  }

  private boolean round() {
    boolean any = false;
    for (Batches.PendingTermination pendingTermination : batches.pendingTerminations()) {
      Step step = Objects.requireNonNull(transaction.execute(status -> end(pendingTermination)));
      any |= step.ended() > 0;
      if (step.last()) {
        events.publishEvent(new BatchEnded(pendingTermination.id()));
      }
      if (step.interrupted()) {
        Thread.currentThread().interrupt(); // only after the commit: it would close the connection
        return false;
      }
    }
    return any;
  }

  /**
   * The result of one transaction.
   *
   * @param ended the number of tasks that it ended
   * @param last whether all tasks of the batch have ended
   */
  private record Step(int ended, boolean last, boolean interrupted) {}

  private Step end(Batches.PendingTermination pendingTermination) {
    batches.terminate(pendingTermination);
    Backlog.UnsubmittedTasks unsubmittedTasks = backlog.lockUnsubmitted(pendingTermination);
    TaskPublisher.PublishedTasks publishedTasks =
        publisher.publishOutcomes(unsubmittedTasks.outcomes());
    boolean last =
        backlog.markEnded(pendingTermination, unsubmittedTasks.route(), publishedTasks.confirmed());
    return new Step(publishedTasks.confirmed().size(), last, publishedTasks.interrupted());
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
