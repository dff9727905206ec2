package dev.sluice.producer.infrastructure.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Two connection pools behind one data source, so that requests and {@link BackgroundWork} cannot
 * exhaust each other's connections.
 */
final class PooledDataSource extends AbstractDataSource implements AutoCloseable {
  private final HikariDataSource requests;
  private final HikariDataSource background;

  PooledDataSource(HikariDataSource requests, HikariDataSource background) {
    this.requests = requests;
    this.background = background;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return (BackgroundWork.isCurrent() ? background : requests).getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new UnsupportedOperationException("the pools have fixed credentials");
  }

  /** Unwraps to the pool of the requests, which metrics and tools use. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : requests.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || requests.isWrapperFor(type);
  }

  @Override
  public void close() {
    background.close();
    requests.close();
  }
}
