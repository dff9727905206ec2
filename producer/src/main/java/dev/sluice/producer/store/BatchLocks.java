package dev.sluice.producer.store;

import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Locks batches.
 *
 * <p>Lock order: a transaction that changes tasks of a running batch locks the batch's row first
 * (prevents deadlocks). The lock is {@code for no key update}, so that inserts of tasks do not wait
 * for it.
 */
@Repository
public class BatchLocks {
  private final JdbcClient jdbc;

  BatchLocks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Locks the rows of these batches, ordered by id. */
  public void lock(Collection<UUID> batches) {
    jdbc.sql("select id from batches where id in (:ids) order by id for no key update")
        .param("ids", batches)
        .query(UUID.class)
        .list();
  }
}
