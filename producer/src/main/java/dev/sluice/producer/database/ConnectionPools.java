package dev.sluice.producer.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.time.Duration;
import java.util.function.Supplier;

/** Makes the pools of connections. */
final class ConnectionPools {
  private static final int CONNECTIONS = 16;

  /** One for each loop and a few more: they open when several loops work at the same time. */
  private static final int BACKGROUND_CONNECTIONS = 24;

  /**
   * No statement of a background loop runs longer than 5 s or waits for a lock longer than 2 s: it
   * fails, and the loop tries again. The planner has to use an index and its order, because it may
   * believe that a table of a million queued tasks has none: a plan that reads and sorts all of
   * them for each bulk takes minutes. Without JIT, which the high cost of a scan that cannot be
   * avoided would start.
   */
  private static final String BACKGROUND_SETTINGS =
      """
      set statement_timeout = '5s'; set lock_timeout = '2s';
      set idle_in_transaction_session_timeout = '60s';
      set enable_seqscan = off; set enable_bitmapscan = off; set jit = off""";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ConnectionPools() {}

  static PooledDataSource open(String url, String username, Supplier<String> password) {
    HikariConfig requests = config(url, username, password);
    requests.setPoolName("sluice");
    requests.setMaximumPoolSize(CONNECTIONS);
    HikariConfig background = config(url, username, password);
    background.setPoolName("sluice-background");
    background.setMaximumPoolSize(BACKGROUND_CONNECTIONS);
    background.setConnectionInitSql(BACKGROUND_SETTINGS);
    return new PooledDataSource(new HikariDataSource(requests), new HikariDataSource(background));
  }

  private static HikariConfig config(String url, String username, Supplier<String> password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    if (!username.isEmpty()) { // else the URL itself may name one
      config.setCredentialsProvider(() -> Credentials.of(username, password.get()));
    }
    config.setMinimumIdle(2);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1); // the first connection is checked by ourselves
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // The detail of a refusal is the row itself: it would carry prompts into logs and letters.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("ApplicationName", "sluice-producer");
    return config;
  }
}
