package dev.sluice.producer.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.time.Duration;
import java.util.function.Supplier;

/** Creates the connection pool. */
final class ConnectionPools {
  private static final int CONNECTIONS = 16;
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);

  private ConnectionPools() {}

  static HikariDataSource open(String url, String username, Supplier<String> password) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sluice");
    config.setJdbcUrl(url);
    if (!username.isEmpty()) { // otherwise the URL may contain one
      config.setCredentialsProvider(() -> Credentials.of(username, password.get()));
    }
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    config.setInitializationFailTimeout(-1); // the callers check the first connection
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // Error details quote the row, so prompts would appear in logs and in dead letters.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("ApplicationName", "sluice-producer");
    return new HikariDataSource(config);
  }
}
