package dev.sluice.producer.deadletter;

import dev.sluice.producer.database.TransientFailures;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Does the jobs, each second as many letters of each as its pace allows. */
@Component
class BulkJobRunner extends BackgroundTask {
  private static final Logger LOG = LoggerFactory.getLogger(BulkJobRunner.class);

  private final BulkJobs jobs;
  private final DeadLetters letters;
  private final DeadLetterReplayer deadLetterReplayer;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("sluice-dead-jobs", Duration.ofMillis(250), this::round);

  BulkJobRunner(
      BulkJobs jobs,
      DeadLetters letters,
      DeadLetterReplayer deadLetterReplayer,
      PlatformTransactionManager transactions) {
    this.jobs = jobs;
    this.letters = letters;
    this.deadLetterReplayer = deadLetterReplayer;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** One job's turn. */
  private boolean round() {
    Optional<BulkJobs.Lease> turn = jobs.claim();
    turn.ifPresent(this::take);
    return turn.isPresent();
  }

  private void take(BulkJobs.Lease lease) {
    try {
      step(lease);
    } finally {
      jobs.release(lease);
    }
  }

  private void step(BulkJobs.Lease lease) {
    BulkJobs.Job job = lease.job();
    BulkJobs.BulkRequest bulkRequest = job.order();
    long left = bulkRequest.most() - job.done() - job.refused();
    int now = (int) Math.min(left, bulkRequest.perSecond());
    List<DeadLetter> next =
        job.last() == null || now == 0
            ? List.of()
            : letters.oldest(
                bulkRequest.choice().filter(bulkRequest.caller()), job.at(), job.last(), now);
    for (DeadLetter letter : next) {
      if (!act(lease, letter)) {
        return;
      }
    }
    if (next.size() < bulkRequest.perSecond()) {
      jobs.done(job.id());
    }
  }

  /** False where the job is in other hands now. */
  private boolean act(BulkJobs.Lease lease, DeadLetter letter) {
    try {
      return inTurn(lease, letter, () -> carryOut(lease.job().order(), letter), null);
    } catch (RuntimeException failed) {
      if (TransientFailures.isTransient(failed)) {
        throw failed;
      }
      String reason = reason(letter, failed);
      return inTurn(lease, letter, () -> letters.refuse(letter.id(), reason), reason);
    }
  }

  /** The letter and the job's count of it change together: who dies in between leaves neither. */
  private boolean inTurn(
      BulkJobs.Lease lease, DeadLetter letter, Runnable act, @Nullable String refusal) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (!jobs.hold(lease)) {
                return false;
              }
              act.run();
              jobs.advance(lease, letter.id(), refusal);
              return true;
            }));
  }

  private void carryOut(BulkJobs.BulkRequest bulkRequest, DeadLetter letter) {
    switch (bulkRequest.kind()) {
      case REPLAY -> deadLetterReplayer.replay(letter, bulkRequest.edit(), bulkRequest.act());
      case DISCARD -> deadLetterReplayer.discard(letter, bulkRequest.act());
    }
  }

  private static String reason(DeadLetter letter, RuntimeException failed) {
    if (failed instanceof ApiException refused) {
      return String.valueOf(refused.getMessage());
    }
    LOG.error("The dead letter {} cannot be dealt with; its job goes on", letter.id(), failed);
    return "The producer failed at it: " + failed;
  }

  @Override
  protected List<BackgroundLoop> loops() {
    return List.of(loop);
  }
}
