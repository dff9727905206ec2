package dev.sluice.producer.database;

import dev.sluice.common.startup.StartupException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL, unpacked, started and stopped by this program.
 *
 * <p>Everything that it has lies in one directory: {@code data}, the program under {@code program},
 * {@code postgres.log} and the {@code lock} that keeps a second producer out. It listens on
 * 127.0.0.1 alone.
 */
record EmbeddedDatabase(
    EmbeddedPostgres server, PostgresSupervisor keeper, PooledDataSource pool, DirectoryLock lock)
    implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final int LOWEST_PORT = 20_000;
  private static final int END_OF_PORTS = 32_000;
  private static final int PORTS_TRIED = 100;
  private static final Duration LONGEST_RECOVERY = Duration.ofSeconds(60);

  /** A server that takes longer recovers on its own meanwhile. */
  private static final Duration LOOK_AT_A_RESTART = Duration.ofSeconds(5);

  /** Where the server's builder looks for its program and its scratch: never the data's parent. */
  private static final String SCRATCH_PROPERTY = "ot.epg.working-dir";

  static EmbeddedDatabase start(Path directory) {
    DirectoryLock lock = null;
    try {
      ownerOnly(directory);
      lock = DirectoryLock.take(directory);
      Path data = directory.resolve("data");
      OrphanedPostgres orphanedPostgres = new OrphanedPostgres(data);
      orphanedPostgres.stop();
      setAsideUnfinished(directory, data);
      EmbeddedPostgres server = server(directory, data, freePort(), LONGEST_RECOVERY);
      Files.writeString(directory.resolve("made"), "");
      PostgresSupervisor postgresSupervisor =
          new PostgresSupervisor(
              orphanedPostgres, () -> server(directory, data, server.getPort(), LOOK_AT_A_RESTART));
      String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
      LOG.info("PostgreSQL runs on 127.0.0.1:{}, its data in {}", server.getPort(), directory);
      return new EmbeddedDatabase(
          server, postgresSupervisor, ConnectionPools.open(url, "postgres", () -> ""), lock);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      release(lock);
      throw new StartupException("the start was interrupted.", stopped);
    } catch (IOException | IllegalStateException | ExceptionInInitializerError failure) {
      release(lock);
      throw new StartupException(sentence(directory, failure), failure);
    } catch (StartupException mendable) {
      release(lock);
      throw mendable;
    }
  }

  private static void release(@Nullable DirectoryLock lock) {
    if (lock != null) {
      lock.close();
    }
  }

  private static void ownerOnly(Path directory) throws IOException {
    boolean made = !Files.isDirectory(directory);
    Files.createDirectories(directory);
    if (made) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    if (!Files.isWritable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  /** A first start that was killed half-way leaves data that no server can open, and no batch. */
  private static void setAsideUnfinished(Path directory, Path data) throws IOException {
    if (Files.exists(data) && !Files.exists(directory.resolve("made"))) {
      Files.move(data, directory.resolve("unfinished-" + System.currentTimeMillis()));
    }
  }

  private static EmbeddedPostgres server(Path directory, Path data, int port, Duration longestStart)
      throws IOException {
    Files.deleteIfExists(data.resolve("epg-lock"));
    Path program = Files.createDirectories(directory.resolve("program"));
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile());
    System.setProperty(SCRATCH_PROPERTY, program.toString());
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setOverrideWorkingDirectory(program.toFile())
        .setRegisterShutdownHook(false)
        .setPort(port)
        .setPGStartupWait(longestStart)
        .setOutputRedirector(log)
        .setErrorRedirector(log)
        .setLocaleConfig("locale", "C")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "''")
        // The builder is made for tests and turns these off: what was accepted has to last.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "100")
        .setServerConfig("shared_buffers", "128MB")
        .start();
  }

  /** Below the range that systems use for outgoing connections, so that none takes it meanwhile. */
  private static int freePort() throws IOException {
    IOException last = new BindException("no free port");
    for (int tries = 0; tries < PORTS_TRIED; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, END_OF_PORTS);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw last;
  }

  private static String sentence(Path directory, Throwable failure) {
    if (failure instanceof AccessDeniedException denied) {
      return "%s cannot be written by user %s. Give the user rights to sluice.database.directory (%s), or set another one."
          .formatted(denied.getFile(), System.getProperty("user.name"), directory);
    }
    if (failure instanceof FileAlreadyExistsException file) {
      return "%s is a file, not a directory. Set sluice.database.directory (%s) to another place."
          .formatted(file.getFile(), directory);
    }
    if (failure instanceof FileSystemException disk) {
      return "sluice.database.directory (%s) cannot be used (%s). Mend it, or set another one."
          .formatted(directory, disk.getMessage());
    }
    String lastWords = lastWords(directory);
    if (lastWords.contains("cannot be run as root")) {
      return "PostgreSQL does not run as root, and this system does not let root step down (user namespaces are off). "
          + "Run Sluice as an ordinary user, or set spring.datasource.url to a PostgreSQL of your own.";
    }
    return "the embedded PostgreSQL does not start (%s). See %s."
        .formatted(lastWords, directory.resolve("postgres.log"));
  }

  private static String lastWords(Path directory) {
    try (var lines = Files.lines(directory.resolve("postgres.log"))) {
      return lines
          .filter(line -> line.contains("FATAL:") || line.contains("error:"))
          .reduce((earlier, later) -> later)
          .orElse("it gave no reason");
    } catch (IOException | UncheckedIOException unreadable) {
      return "it wrote no log";
    }
  }

  @Override
  public DataSource dataSource() {
    return pool;
  }

  @Override
  public String kind() {
    return "embedded";
  }

  @Override
  public void close() {
    keeper.close();
    pool.close();
    try {
      server.close();
    } catch (IOException stillRuns) {
      LOG.warn("PostgreSQL was not stopped in order: {}", stillRuns.getMessage());
    }
    lock.close();
  }
}
