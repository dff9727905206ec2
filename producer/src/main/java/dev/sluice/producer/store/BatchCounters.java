package dev.sluice.producer.store;

import dev.sluice.producer.infrastructure.database.SqlValues;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Counts the finished tasks of a batch. The transaction that changes the tasks counts them. */
@Repository
public class BatchCounters {
  private static final String UNFINISHED = Transitions.FINALIZE.from("status");
  private static final String ALL_ENDED =
      "(%s and total = completed + failed + expired + cancelled + :finished)".formatted(UNFINISHED);

  private final JdbcClient jdbc;
  private final Clock clock;

  BatchCounters(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Counts finished tasks; true if all tasks of the batch have finished. The status of a finished
   * batch, whose tasks were replayed, does not change.
   */
  public boolean addOutcomes(LockedBatches locked, BatchId id, OutcomeCounts counts) {
    return jdbc.sql(
                """
                with counted as (
                  update batches set
                    completed = completed + :completed, failed = failed + :failed,
                    expired = expired + :expired, cancelled = cancelled + :cancelled,
                    cut_off = cut_off + :cutOff, re_asks = re_asks + :reAsks,
                    attempts = attempts + :attempts, throttles = throttles + :throttles,
                    prompt_tokens = prompt_tokens + :promptTokens,
                    completion_tokens = completion_tokens + :completionTokens,
                    status = case when %1$s then %4$s else status end,
                    finalizing_at = case when %1$s then :now else finalizing_at end,
                    %3$s
                  where id = :id and (%5$s or %2$s)
                  returning status)
                select count(*) from counted where status = %4$s"""
                    .formatted(
                        ALL_ENDED,
                        ResultRevisions.HAS_RESULTS,
                        ResultRevisions.RESULTS_CHANGED,
                        Transitions.FINALIZE.to(BatchStatus.FINALIZING),
                        UNFINISHED))
            .param("id", locked.require(id.uuid()))
            .param("completed", counts.completed())
            .param("failed", counts.failed())
            .param("expired", counts.expired())
            .param("cancelled", counts.cancelled())
            .param("cutOff", counts.cutOff())
            .param("reAsks", counts.reAsks())
            .param("attempts", counts.attempts())
            .param("throttles", counts.throttles())
            .param("promptTokens", counts.promptTokens())
            .param("completionTokens", counts.completionTokens())
            .param("finished", counts.finished())
            .param("now", SqlValues.now(clock))
            .query(Long.class)
            .single()
        > 0;
  }
}
