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
 * Ends what still waits here of batches that were cancelled, or whose completion window is over.
 * Each task has its outcome published, as a worker would end it, so that who listens to the
 * outcomes hears of every task.
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
  void thereMayBeWork() {
    wake();
  }

  private boolean round() {
    boolean any = false;
    for (Batches.PendingTermination pendingTermination : batches.endings()) {
      Step step = Objects.requireNonNull(transaction.execute(status -> end(pendingTermination)));
      any |= step.ended() > 0;
      if (step.last()) {
        events.publishEvent(new BatchEnded(pendingTermination.id()));
      }
      if (step.interrupted()) {
        Thread.currentThread().interrupt(); // not before the commit: it would cut its connection
        return false;
      }
    }
    return any;
  }

  /**
   * What one transaction ended.
   *
   * @param last whether nothing of the batch is left to wait for
   */
  private record Step(int ended, boolean last, boolean interrupted) {}

  private Step end(Batches.PendingTermination pendingTermination) {
    batches.terminate(pendingTermination);
    Backlog.UnsubmittedTasks unsubmittedTasks = backlog.lockUnsubmitted(pendingTermination);
    TaskPublisher.PublishedTasks publishedTasks =
        publisher.publishOutcomes(unsubmittedTasks.outcomes());
    boolean last =
        backlog.markEnded(pendingTermination, unsubmittedTasks.route(), publishedTasks.taken());
    return new Step(publishedTasks.taken().size(), last, publishedTasks.interrupted());
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
