package dev.sluice.producer.infrastructure.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.time.Duration;
import java.util.function.Supplier;

/** Creates the connection pools. */
final class ConnectionPools {
  private static final int CONNECTIONS = 16;

  /** One per loop, and a few spare ones. They open when several loops work at the same time. */
  private static final int BACKGROUND_CONNECTIONS = 24;

  /**
   * Statements of background loops fail after 5 s, or after 2 s of waiting for a lock; the loop
   * retries. The planner must use an index and its order: without statistics it may estimate that a
   * table with a million queued tasks is empty, and a plan that reads and sorts them all takes
   * minutes per statement. JIT is off, because the high cost of an unavoidable scan would start it.
   */
  private static final String BACKGROUND_SETTINGS =
      """
      set statement_timeout = '5s'; set lock_timeout = '2s';
      set idle_in_transaction_session_timeout = '60s';
      set enable_seqscan = off; set enable_bitmapscan = off; set jit = off""";

  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

  private ConnectionPools() {}

  static PooledDataSource open(String url, String username, Supplier<String> password) {
    HikariConfig requests = config(url, username, password);
    requests.setPoolName("sluice");
    requests.setMaximumPoolSize(CONNECTIONS);
    HikariConfig background = config(url, username, password);
    background.setPoolName("sluice-background");
    background.setMaximumPoolSize(BACKGROUND_CONNECTIONS);
    background.setConnectionInitSql(BACKGROUND_SETTINGS);
    return new PooledDataSource(pool(requests), pool(background));
  }

  private static HikariDataSource pool(HikariConfig config) {
    ReadOnlyFailover failover = new ReadOnlyFailover();
    config.setExceptionOverride(failover);
    HikariDataSource pool = new HikariDataSource(config);
    failover.watch(pool);
    return pool;
  }

  private static HikariConfig config(String url, String username, Supplier<String> password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    if (!username.isEmpty()) { // otherwise the URL may contain one
      config.setCredentialsProvider(() -> Credentials.of(username, password.get()));
    }
    config.setMinimumIdle(2);
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1); // the callers check the first connection
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // Error details quote the row, so prompts would appear in logs and in dead letters.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("ApplicationName", "sluice-producer");
    return config;
  }
}
