package dev.sluice.producer.infrastructure.database;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL that contains the producer's state. */
public sealed interface Database extends AutoCloseable permits EmbeddedDatabase, ExternalDatabase {

  /**
   * Starts an embedded PostgreSQL with its data in the directory.
   *
   * @throws dev.sluice.platform.startup.StartupException if it cannot start
   */
  static Database embedded(Path directory) {
    return EmbeddedDatabase.start(directory.toAbsolutePath().normalize());
  }

  /**
   * Connects to an external PostgreSQL.
   *
   * @param url a JDBC URL
   * @param username null if the URL contains it
   * @param password called for each new connection
   * @throws dev.sluice.platform.startup.StartupException if the connection fails
   */
  static Database external(String url, @Nullable String username, Supplier<String> password) {
    return ExternalDatabase.connect(url, Objects.requireNonNullElse(username, ""), password);
  }

  /** The connection pools. */
  DataSource dataSource();

  /** {@code embedded} or {@code external}. */
  String kind();

  /** Closes the pools, and stops an embedded server. */
  @Override
  void close();
}
