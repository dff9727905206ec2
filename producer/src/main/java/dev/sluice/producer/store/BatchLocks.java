package dev.sluice.producer.store;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Locks batches until the end of the caller's transaction. */
@Repository
public class BatchLocks {
  private final JdbcClient jdbc;

  BatchLocks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Locks the rows of these batches, ordered by id. The lock is {@code for no key update}, so that
   * inserts of tasks do not wait for it.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public LockedBatches lock(Collection<UUID> batches) {
    Set<UUID> withDependents = new HashSet<>();
    jdbc.sql(
            """
            select id, dependents > 0 as has_dependents from batches
            where id in (:ids) order by id for no key update""")
        .param("ids", batches)
        .query(
            row -> {
              if (row.getBoolean("has_dependents")) {
                withDependents.add(row.getObject("id", UUID.class));
              }
            });
    return new LockedBatches(batches, withDependents);
  }
}
