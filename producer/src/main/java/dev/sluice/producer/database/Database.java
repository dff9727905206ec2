package dev.sluice.producer.database;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The PostgreSQL that holds the state. */
public sealed interface Database extends AutoCloseable permits EmbeddedDatabase, ExternalDatabase {

  /** Starts a PostgreSQL of our own, whose data stays in the directory. */
  static Database embedded(Path directory) {
    return EmbeddedDatabase.start(directory.toAbsolutePath().normalize());
  }

  /**
   * Connects to one that is there.
   *
   * @param password asked for each new connection
   */
  static Database external(String url, @Nullable String username, Supplier<String> password) {
    return ExternalDatabase.connect(url, Objects.requireNonNullElse(username, ""), password);
  }

  /** Connections from a pool. */
  DataSource dataSource();

  /** {@code embedded} or {@code external}. */
  String kind();

  /** Closes the pool, and stops the server if it is our own. */
  @Override
  void close();
}
