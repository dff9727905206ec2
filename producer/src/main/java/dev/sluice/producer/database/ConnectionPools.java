package dev.sluice.producer.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.time.Duration;
import java.util.function.Supplier;

/** Makes the pool of connections. */
final class ConnectionPools {
  private static final int CONNECTIONS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ConnectionPools() {}

  static HikariDataSource open(String url, String username, Supplier<String> password) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sluice");
    config.setJdbcUrl(url);
    if (!username.isEmpty()) { // else the URL itself may name one
      config.setCredentialsProvider(() -> Credentials.of(username, password.get()));
    }
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(2);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(-1); // the first connection is checked by ourselves
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    // The detail of a refusal is the row itself: it would carry prompts into logs and letters.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("ApplicationName", "sluice-producer");
    // Its errors would quote the values of a statement: prompts and replies, which no log is to
    // have.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    return new HikariDataSource(config);
  }
}
