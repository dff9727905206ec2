package dev.sluice.producer.validate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Refreshes the planner's statistics after tasks were inserted: autovacuum may do so minutes later,
 * and not at all where it is switched off.
 */
@Component
class TaskStatistics {
  private static final Logger LOG = LoggerFactory.getLogger(TaskStatistics.class);
  private static final long BETWEEN_NANOS = Duration.ofSeconds(30).toNanos();

  private final JdbcClient jdbc;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  TaskStatistics(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Samples the table, at most every 30 s; a failure is not the batch's. */
  void refresh() {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due < 0 || !next.compareAndSet(due, now + BETWEEN_NANOS)) {
      return;
    }
    try {
      jdbc.sql("analyze (skip_locked) tasks (id, batch_id, line_no, route, state)").update();
      jdbc.sql("analyze (skip_locked) shares, batches").update();
    } catch (DataAccessException later) {
      LOG.debug("The statistics of tasks are not refreshed", later);
    }
  }
}
