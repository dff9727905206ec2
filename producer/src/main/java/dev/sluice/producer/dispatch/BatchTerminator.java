package dev.sluice.producer.dispatch;

import dev.sluice.common.topology.QueueNames;
import dev.sluice.producer.batch.BatchSuspended;
import dev.sluice.producer.batch.BatchTasksFinished;
import dev.sluice.producer.infrastructure.lease.Leases;
import dev.sluice.producer.infrastructure.loop.BackgroundLoop;
import dev.sluice.producer.infrastructure.loop.BackgroundTask;
import dev.sluice.producer.infrastructure.loop.ItemFailures;
import dev.sluice.producer.infrastructure.loop.LoopNames;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.store.BatchId;
import dev.sluice.producer.store.BatchTermination;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Terminates the queued tasks of batches that were cancelled or whose completion window has passed.
 * Publishes an outcome for each task, as a worker does, so that every consumer of the outcomes
 * receives all tasks.
 *
 * <p>No transaction is open during the publish. A lease keeps other producers from the batch.
 */
@Component
class BatchTerminator extends BackgroundTask {
  /** The collector stores about 10,000 such outcomes per second; other outcomes queue behind. */
  private static final int MAX_RESULTS_READY = 2_000;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Also the delay after the end of a completion window. */
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(4);

  /** A stalled collector must not block a cancellation forever. */
  private static final long MAX_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

  private final BatchTermination termination;
  private final TaskPublisher publisher;
  private final AmqpAdmin broker;
  private final ApplicationEventPublisher events;
  private final Leases leases;
  private final Map<BatchId, Long> positions = new HashMap<>();
  private final ItemFailures<BatchId> failures = new ItemFailures<>("terminate the tasks of batch");
  private volatile boolean idle;
  private final BackgroundLoop loop =
      BackgroundLoop.movingTasks(LoopNames.TERMINATOR, INTERVAL, this::round)
          .backingOff(IDLE_INTERVAL, () -> idle);

  BatchTerminator(
      BatchTermination termination,
      TaskPublisher publisher,
      AmqpAdmin broker,
      ApplicationEventPublisher events,
      Leases leases) {
    this.termination = termination;
    this.publisher = publisher;
    this.broker = broker;
    this.events = events;
    this.leases = leases;
  }

  @EventListener(BatchSuspended.class)
  void onBatchSuspended() {
    wake();
  }

  private boolean round() throws InterruptedException {
    List<BatchTermination.PendingTermination> pending = termination.pending();
    idle = pending.isEmpty();
    Set<BatchId> ids =
        pending.stream().map(BatchTermination.PendingTermination::id).collect(Collectors.toSet());
    positions.keySet().retainAll(ids);
    failures.retain(ids);
    boolean more = false;
    for (BatchTermination.PendingTermination pendingTermination : pending) {
      waitForCollector();
      more |= failures.isolate(pendingTermination.id(), () -> terminate(pendingTermination));
    }
    return more;
  }

  /** Terminates the next tasks; true if there may be more. */
  private boolean terminate(BatchTermination.PendingTermination pendingTermination)
      throws InterruptedException {
    Step step =
        leases
            .tryWith(
                "terminate " + pendingTermination.id(), () -> terminateNext(pendingTermination))
            .orElse(Step.NOTHING);
    LoopWatch.progress();
    if (step.last()) {
      events.publishEvent(new BatchTasksFinished(pendingTermination.id()));
    }
    if (step.interrupted()) { // only now: it would close the database connection
      throw new InterruptedException();
    }
    return step.more();
  }

  private void waitForCollector() throws InterruptedException {
    long start = System.nanoTime();
    while (resultsReady() > MAX_RESULTS_READY && System.nanoTime() - start < MAX_WAIT_NANOS) {
      Thread.sleep(POLL_INTERVAL);
    }
  }

  private long resultsReady() {
    QueueInformation queue = broker.getQueueInfo(QueueNames.RESULTS);
    return queue == null ? 0 : queue.getMessageCount();
  }

  /**
   * The result of one step.
   *
   * @param more whether the next step can follow immediately: the broker has confirmed all
   *     outcomes, and the batch may have further tasks
   * @param last whether all tasks of the batch have finished
   */
  private record Step(boolean more, boolean last, boolean interrupted) {
    static final Step NOTHING = new Step(false, false, false);
  }

  private Step terminateNext(BatchTermination.PendingTermination pendingTermination) {
    BatchTermination.LineRange range =
        termination.next(pendingTermination, positions.getOrDefault(pendingTermination.id(), 0L));
    TaskPublisher.PublishedTasks published = publisher.publishOutcomes(range.outcomes());
    boolean last = termination.markEnded(pendingTermination, published.confirmed());
    boolean allConfirmed = published.confirmed().size() == range.outcomes().size();
    if (range.last()) {
      positions.remove(pendingTermination.id()); // the next pass finds the tasks that were locked
    } else if (allConfirmed) {
      positions.put(pendingTermination.id(), range.upTo());
    }
    boolean more = allConfirmed && (!range.last() || !range.outcomes().isEmpty());
    return new Step(more, last, published.interrupted());
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
