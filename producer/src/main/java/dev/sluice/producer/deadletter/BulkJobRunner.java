package dev.sluice.producer.deadletter;

import dev.sluice.producer.database.TransientFailures;
import dev.sluice.producer.error.ApiException;
import dev.sluice.producer.loop.BackgroundLoop;
import dev.sluice.producer.loop.BackgroundTask;
import dev.sluice.producer.loop.LoopWatch;
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
  private final DeadLetterReplayer replays;
  private final TransactionTemplate transaction;
  private final BackgroundLoop loop =
      new BackgroundLoop("dead-letter-jobs", Duration.ofMillis(250), this::round);

  BulkJobRunner(
      BulkJobs jobs,
      DeadLetters letters,
      DeadLetterReplayer replays,
      PlatformTransactionManager transactions) {
    this.jobs = jobs;
    this.letters = letters;
    this.replays = replays;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** One job's turn. */
  private boolean round() {
    Optional<BulkJobs.Lease> turn = jobs.claim();
    turn.ifPresent(this::take);
    return turn.isPresent();
  }

  private void take(BulkJobs.Lease turn) {
    try {
      step(turn);
    } finally {
      jobs.rest(turn);
    }
  }

  private void step(BulkJobs.Lease turn) {
    BulkJobs.Job job = turn.job();
    BulkJobs.BulkRequest order = job.order();
    long left = order.most() - job.done() - job.refused();
    int now = (int) Math.min(left, order.perSecond());
    List<DeadLetter> next =
        job.last() == null || now == 0
            ? List.of()
            : letters.oldest(order.choice().filter(order.caller()), job.at(), job.last(), now);
    for (DeadLetter letter : next) {
      if (!act(turn, letter)) {
        return;
      }
      LoopWatch.progress();
    }
    if (next.size() < order.perSecond()) {
      jobs.done(job.id());
    }
  }

  /** False where the job is in other hands now. */
  private boolean act(BulkJobs.Lease turn, DeadLetter letter) {
    try {
      return inTurn(turn, letter, () -> carryOut(turn.job().order(), letter), null);
    } catch (RuntimeException failed) {
      if (TransientFailures.isBehind(failed)) {
        throw failed;
      }
      String reason = reason(letter, failed);
      return inTurn(turn, letter, () -> letters.refuse(letter.id(), reason), reason);
    }
  }

  /** The letter and the job's count of it change together: who dies in between leaves neither. */
  private boolean inTurn(
      BulkJobs.Lease turn, DeadLetter letter, Runnable act, @Nullable String refusal) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (!jobs.hold(turn)) {
                return false;
              }
              act.run();
              jobs.advance(turn, letter.id(), refusal);
              return true;
            }));
  }

  private void carryOut(BulkJobs.BulkRequest order, DeadLetter letter) {
    switch (order.kind()) {
      case REPLAY -> replays.replay(letter, order.edit(), order.act());
      case DISCARD -> replays.discard(letter, order.act());
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
