package dev.sluice.producer.infrastructure.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the connections of a pool when one of them is read-only (SQLSTATE 25006): after a
 * failover, the connections to the former primary stay open but reject all writes.
 *
 * <p>The connection with the error is closed immediately. The others follow, at most once per
 * second, so that not each of them fails a request first.
 */
final class ReadOnlyFailover implements SQLExceptionOverride {
  private static final String READ_ONLY = "25006";
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  private final AtomicLong lastEviction = new AtomicLong(System.nanoTime() - INTERVAL);
  private volatile @Nullable HikariDataSource pool;

  void watch(HikariDataSource watched) {
    pool = watched;
  }

  @java.lang.Override
  public SQLExceptionOverride.Override adjudicate(SQLException failure) {
    if (!READ_ONLY.equals(failure.getSQLState())) {
      return SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
    evictAll();
    return SQLExceptionOverride.Override.MUST_EVICT;
  }

  private void evictAll() {
    HikariDataSource watched = pool;
    long last = lastEviction.get();
    long now = System.nanoTime();
    if (watched != null && now - last >= INTERVAL && lastEviction.compareAndSet(last, now)) {
      watched.getHikariPoolMXBean().softEvictConnections();
    }
  }
}
