package dev.sluice.producer.infrastructure.lease;

import dev.sluice.producer.infrastructure.retention.ExpiredRows;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Exclusive leases. Unlike a row lock, a lease needs no open transaction while its holder calls the
 * broker. The lease of a producer that died expires.
 *
 * <p>A holder that takes longer than {@link #DURATION} loses its lease, so the work must be correct
 * with two holders; the lease only prevents repeated work.
 */
@Repository
public class Leases implements ExpiredRows {
  /** Longer than the wait for a confirm. */
  static final Duration DURATION = Duration.ofSeconds(20);

  private final JdbcClient jdbc;

  Leases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Does the work while this thread holds the lease.
   *
   * @return the result of the work; empty if another thread or producer holds the lease
   */
  public <T> Optional<T> tryWith(String name, Supplier<T> work) {
    UUID holder = UUID.randomUUID();
    if (!acquire(name, holder)) {
      return Optional.empty();
    }
    try {
      return Optional.of(work.get());
    } finally {
      boolean interrupted = Thread.interrupted(); // it would close the database connection
      release(name, holder);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** By PostgreSQL's clock: those of the producers may differ. */
  private boolean acquire(String name, UUID holder) {
    return jdbc.sql(
                """
                insert into leases as l (name, holder, expires_at)
                values (:name, :holder, now() + :seconds * interval '1 second')
                on conflict (name) do update
                  set holder = excluded.holder, expires_at = excluded.expires_at
                  where l.expires_at <= now()""")
            .param("name", name)
            .param("holder", holder)
            .param("seconds", DURATION.toSeconds())
            .update()
        == 1;
  }

  /** No effect if the lease has expired and another holder has acquired it. */
  private void release(String name, UUID holder) {
    jdbc.sql("delete from leases where name = :name and holder = :holder")
        .param("name", name)
        .param("holder", holder)
        .update();
  }

  /** Deletes the leases of producers that died; by PostgreSQL's clock, as they expire. */
  @Override
  public boolean deleteSome() {
    jdbc.sql("delete from leases where expires_at < now() - interval '1 day'").update();
    return false;
  }
}
