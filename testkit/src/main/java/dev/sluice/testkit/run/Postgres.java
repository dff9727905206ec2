package dev.sluice.testkit.run;

import dev.sluice.testkit.process.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A PostgreSQL that several producers can share. */
public final class Postgres implements AutoCloseable {
  private final EmbeddedPostgres server;

  private Postgres(EmbeddedPostgres server) {
    this.server = server;
  }

  /**
   * Starts a PostgreSQL with its data below the folder.
   *
   * @param settings lines of {@code postgresql.conf}
   */
  public static Postgres start(Path folder, Map<String, String> settings) {
    try {
      Files.createDirectories(folder);
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder.resolve("data"))
              .setOverrideWorkingDirectory(folder.resolve("program").toFile())
              .setRegisterShutdownHook(false)
              .setPort(Ports.free())
              .setOutputRedirector(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("out.log").toFile()))
              .setErrorRedirector(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("out.log").toFile()))
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("unix_socket_directories", "''");
      settings.forEach(builder::setServerConfig);
      return new Postgres(builder.start());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** JDBC URL without a user. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.getPort());
  }

  /** Environment variables for a producer that uses it. */
  public Map<String, String> environment() {
    return Map.of("SPRING_DATASOURCE_URL", url(), "SPRING_DATASOURCE_USERNAME", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
