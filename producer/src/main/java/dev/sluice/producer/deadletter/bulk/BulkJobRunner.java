package dev.sluice.producer.deadletter.bulk;

import dev.sluice.producer.deadletter.DeadLetter;
import dev.sluice.producer.deadletter.DeadLetterActions;
import dev.sluice.producer.deadletter.DeadLetterBusyException;
import dev.sluice.producer.deadletter.DeadLetterQueries;
import dev.sluice.producer.deadletter.DeadLetterStore;
import dev.sluice.producer.infrastructure.database.TransientFailures;
import dev.sluice.producer.infrastructure.loop.LoopWatch;
import dev.sluice.producer.infrastructure.loop.SingleLoopTask;
import dev.sluice.producer.web.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs the bulk jobs; each second it processes up to {@code per_second} dead letters of a job. */
@Component
class BulkJobRunner extends SingleLoopTask {
  private static final Logger LOG = LoggerFactory.getLogger(BulkJobRunner.class);

  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Another producer that dies may leave a job. */
  private static final Duration IDLE_INTERVAL = Duration.ofSeconds(4);

  private final BulkJobs jobs;
  private final DeadLetterQueries deadLetters;
  private final DeadLetterStore store;
  private final DeadLetterActions actions;
  private final TransactionTemplate transaction;
  private boolean idle;

  BulkJobRunner(
      BulkJobs jobs,
      DeadLetterQueries deadLetters,
      DeadLetterStore store,
      DeadLetterActions actions,
      PlatformTransactionManager transactions) {
    super("dead-letter-jobs", INTERVAL, IDLE_INTERVAL);
    this.jobs = jobs;
    this.deadLetters = deadLetters;
    this.store = store;
    this.actions = actions;
    this.transaction = new TransactionTemplate(transactions);
  }

  void onCreated() {
    wake();
  }

  @Override
  protected boolean isIdle() {
    return idle;
  }

  @Override
  protected boolean round() {
    idle = !jobs.areRunning();
    if (idle) {
      return false;
    }
    Optional<BulkJobs.Lease> lease = jobs.claim();
    lease.ifPresent(this::run);
    return lease.isPresent();
  }

  private void run(BulkJobs.Lease lease) {
    try {
      processNext(lease);
    } finally {
      jobs.release(lease);
    }
  }

  private void processNext(BulkJobs.Lease lease) {
    BulkJobs.Job job = lease.job();
    BulkJobs.BulkRequest request = job.request();
    long remaining = request.limit() - job.succeeded() - job.rejected();
    int limit = (int) Math.min(remaining, request.perSecond());
    List<DeadLetter> next =
        job.lastMatched() == null || limit == 0
            ? List.of()
            : deadLetters.oldest(
                request.selection().filter(request.caller()),
                job.lastProcessed(),
                job.lastMatched(),
                limit);
    for (DeadLetter deadLetter : next) {
      if (!process(lease, deadLetter)) {
        return;
      }
      LoopWatch.progress();
    }
    if (next.size() < request.perSecond()) {
      jobs.complete(job.id());
    }
  }

  /** Returns false if this producer no longer owns the job, or the dead letter must wait. */
  private boolean process(BulkJobs.Lease lease, DeadLetter deadLetter) {
    try {
      return actions.perform(
          lease.job().request().action(),
          deadLetter,
          change -> advance(lease, () -> change.get().id(), null));
    } catch (DeadLetterBusyException busy) {
      return false; // the next round processes it
    } catch (RuntimeException failed) {
      if (TransientFailures.isTransient(failed)) {
        throw failed;
      }
      String reason = reason(deadLetter, failed);
      return advance(lease, () -> reject(deadLetter.id(), reason), reason);
    }
  }

  private UUID reject(UUID deadLetter, String reason) {
    store.reject(deadLetter, reason);
    return deadLetter;
  }

  /**
   * Changes a dead letter and the job's counters in one transaction, so that a crash leaves both or
   * neither.
   *
   * @param change returns the dead letter that it has changed
   */
  private boolean advance(BulkJobs.Lease lease, Supplier<UUID> change, @Nullable String rejection) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (!jobs.renew(lease)) {
                return false;
              }
              jobs.advance(lease, change.get(), rejection);
              return true;
            }));
  }

  private static String reason(DeadLetter deadLetter, RuntimeException failed) {
    if (failed instanceof ApiException rejected) {
      return String.valueOf(rejected.getMessage());
    }
    LOG.error(
        "Cannot process dead letter {}; its job continues with the next one",
        deadLetter.id(),
        failed);
    return "The producer failed to process it: " + failed;
  }
}
