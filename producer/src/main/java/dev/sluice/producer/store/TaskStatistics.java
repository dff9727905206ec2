package dev.sluice.producer.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Refreshes the planner's statistics after an insert of tasks. Autovacuum may refresh them minutes
 * later, or never if it is off.
 */
@Component
public class TaskStatistics {
  private static final Logger LOG = LoggerFactory.getLogger(TaskStatistics.class);
  private static final long INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();

  private final JdbcClient jdbc;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  TaskStatistics(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Analyzes the tables, at most every 30 s. A failure does not affect the batch. */
  public void refresh() {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL_NANOS)) {
      return;
    }
    try {
      jdbc.sql("analyze (skip_locked) tasks (id, batch_id, line_no, route, state, request_hash)")
          .update();
      jdbc.sql("analyze (skip_locked) shares, batches").update();
    } catch (DataAccessException failed) {
      LOG.debug("Cannot refresh the planner's statistics", failed);
    }
  }
}
