package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.batch.BatchEnded;
import dev.sluice.producer.batch.BatchId;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.Batches;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopNames;
import dev.sluice.producer.loop.LoopWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Ends the tasks in PostgreSQL of batches that were cancelled, or whose completion window is over.
 * Each task has its outcome published, as a worker would end it, so that every listener of the
 * outcomes sees every task.
 *
 * <p>While it publishes it holds no row lock: the collector, which gets the same outcomes, needs
 * the batch's. An advisory lock keeps other producers from the batch.
 */
@Component
class BatchTerminator extends BackgroundTask {
  /** The collector stores about 10,000 such outcomes in a second; others wait behind them. */
  private static final int MAX_RESULTS_READY = 2_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /** A collector that stands still does not stop a cancel altogether. */
  private static final long MAX_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

  private final Batches batches;
  private final UnsubmittedTasks tasks;
  private final TaskPublisher publisher;
  private final AmqpAdmin broker;
  private final ApplicationEventPublisher events;
  private final TransactionTemplate transaction;
  private final TransactionTemplate releasingLocks;
  private final Map<BatchId, Long> positions = new HashMap<>();
  private final BackgroundLoop loop =
      BackgroundLoop.movingTasks(LoopNames.TERMINATOR, Duration.ofSeconds(1), this::round);

  BatchTerminator(
      Batches batches,
      UnsubmittedTasks tasks,
      TaskPublisher publisher,
      AmqpAdmin broker,
      ApplicationEventPublisher events,
      PlatformTransactionManager transactions) {
    this.batches = batches;
    this.tasks = tasks;
    this.publisher = publisher;
    this.broker = broker;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
    this.releasingLocks = new TransactionTemplate(transactions);
    releasingLocks.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
  }

  @EventListener(BatchSuspended.class)
  void thereMayBeWork() {
    wake();
  }

  private boolean round() throws InterruptedException {
    List<Batches.PendingTermination> endings = batches.endings();
    positions
        .keySet()
        .retainAll(
            endings.stream().map(Batches.PendingTermination::id).collect(Collectors.toSet()));
    boolean any = false;
    for (Batches.PendingTermination pendingTermination : endings) {
      waitForTheCollector();
      Step step = Objects.requireNonNull(transaction.execute(status -> end(pendingTermination)));
      LoopWatch.progress();
      any |= step.more();
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

  private void waitForTheCollector() throws InterruptedException {
    long began = System.nanoTime();
    while (resultsReady() > MAX_RESULTS_READY && System.nanoTime() - began < MAX_WAIT_NANOS) {
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private long resultsReady() {
    QueueInformation queue = broker.getQueueInfo(QueueNames.RESULTS);
    return queue == null ? 0 : queue.getMessageCount();
  }

  /**
   * What one transaction did.
   *
   * @param more whether the batch has lines behind those that were looked at
   * @param last whether nothing of the batch is left to wait for
   */
  private record Step(boolean more, boolean last, boolean interrupted) {
    static final Step NOTHING = new Step(false, false, false);
  }

  private Step end(Batches.PendingTermination pendingTermination) {
    if (!tasks.claim(pendingTermination.id())) {
      return Step.NOTHING;
    }
    UnsubmittedTasks.Bulk bulk = next(pendingTermination);
    TaskPublisher.PublishedTasks published = publisher.publishOutcomes(bulk.outcomes());
    boolean last = tasks.markEnded(pendingTermination, published.taken());
    boolean all = published.taken().size() == bulk.outcomes().size();
    if (bulk.last()) {
      positions.remove(pendingTermination.id()); // what was locked is looked for again
    } else if (all) {
      positions.put(pendingTermination.id(), bulk.upTo());
    }
    boolean more = !bulk.last() || (!bulk.outcomes().isEmpty() && all);
    return new Step(more, last, published.interrupted());
  }

  /** The locks only show what the feed has in hand: they end with the savepoint. */
  private UnsubmittedTasks.Bulk next(Batches.PendingTermination pendingTermination) {
    return Objects.requireNonNull(
        releasingLocks.execute(
            savepoint -> {
              savepoint.setRollbackOnly();
              return tasks.next(
                  pendingTermination, positions.getOrDefault(pendingTermination.id(), 0L));
            }));
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
