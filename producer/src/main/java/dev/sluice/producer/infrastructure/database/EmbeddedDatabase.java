package dev.sluice.producer.infrastructure.database;

import dev.sluice.platform.startup.StartupException;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded PostgreSQL server, which this process unpacks, starts and stops.
 *
 * <p>One directory contains all its files: {@code data}, the binaries in {@code program}, {@code
 * password}, {@code postgres.log}, and {@code lock}, which excludes a second producer. It listens
 * on 127.0.0.1 only, and requires the password; see {@link EmbeddedLogin}.
 */
record EmbeddedDatabase(
    EmbeddedPostgres server,
    PostgresSupervisor supervisor,
    PooledDataSource pool,
    DirectoryLock lock)
    implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final int MIN_PORT = 20_000;
  private static final int PORT_LIMIT = 32_000;
  private static final int MAX_PORT_ATTEMPTS = 100;
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** The server continues its recovery after this timeout. */
  private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(5);

  /** Without it, the library unpacks its binaries into a shared temporary directory. */
  private static final String WORKING_DIRECTORY_PROPERTY = "ot.epg.working-dir";

  static EmbeddedDatabase start(Path directory) {
    DirectoryLock lock = null;
    try {
      createPrivateDirectory(directory);
      lock = DirectoryLock.acquire(directory);
      Path data = directory.resolve("data");
      OrphanedPostgres orphanedPostgres = new OrphanedPostgres(data);
      orphanedPostgres.stop();
      moveIncompleteData(directory, data);
      EmbeddedLogin login = new EmbeddedLogin(directory, data);
      setMissingPassword(login);
      login.require();
      String password = login.password();
      EmbeddedPostgres server = server(login, password, freePort(), START_TIMEOUT);
      Files.writeString(directory.resolve("made"), "");
      PostgresSupervisor postgresSupervisor =
          new PostgresSupervisor(
              orphanedPostgres, () -> server(login, password, server.getPort(), RESTART_TIMEOUT));
      String url = "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
      LOG.info(
          "PostgreSQL is running on 127.0.0.1:{} with its data in {}", server.getPort(), directory);
      return new EmbeddedDatabase(
          server,
          postgresSupervisor,
          ConnectionPools.open(url, EmbeddedLogin.USER, () -> password),
          lock);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      release(lock);
      throw new StartupException("the start was interrupted.", stopped);
    } catch (IOException
        | SQLException
        | IllegalStateException
        | ExceptionInInitializerError failure) {
      release(lock);
      throw new StartupException(message(directory, failure), failure);
    } catch (StartupException failure) {
      release(lock);
      throw failure;
    }
  }

  private static void release(@Nullable DirectoryLock lock) {
    if (lock != null) {
      lock.close();
    }
  }

  private static void createPrivateDirectory(Path directory) throws IOException {
    boolean isNew = !Files.isDirectory(directory);
    Files.createDirectories(directory);
    if (isNew) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    if (!Files.isWritable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
  }

  /** A first start that was killed leaves data that no server can open, but no batch. */
  private static void moveIncompleteData(Path directory, Path data) throws IOException {
    if (Files.exists(data) && !Files.exists(directory.resolve("made"))) {
      Files.move(data, directory.resolve("unfinished-" + System.currentTimeMillis()));
    }
  }

  /** Data of an earlier version, or data whose password file is lost, needs a password. */
  private static void setMissingPassword(EmbeddedLogin login) throws IOException, SQLException {
    if (!login.isMissing()) {
      return;
    }
    LOG.info("Setting a password for PostgreSQL in {}", login.file());
    String password = EmbeddedLogin.random();
    login.allowWithoutPassword();
    try (EmbeddedPostgres open = server(login, "", freePort(), START_TIMEOUT);
        Connection connection = open.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter role %s password '%s'".formatted(EmbeddedLogin.USER, password));
    }
    login.store(password);
  }

  /**
   * @param password empty if the data accepts logins without a password
   */
  private static EmbeddedPostgres server(
      EmbeddedLogin login, String password, int port, Duration timeout) throws IOException {
    Path directory = login.directory();
    Path data = login.data();
    Files.deleteIfExists(data.resolve("epg-lock"));
    Path program = Files.createDirectories(directory.resolve("program"));
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile());
    System.setProperty(WORKING_DIRECTORY_PROPERTY, program.toString());
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setOverrideWorkingDirectory(program.toFile())
        .setRegisterShutdownHook(false)
        .setPort(port)
        .setPGStartupWait(timeout)
        .setOutputRedirector(log)
        .setErrorRedirector(log)
        .setLocaleConfig("locale", "C")
        // The library passes these options to initdb, behind its own "-A trust".
        .setLocaleConfig("auth", "scram-sha-256")
        .setLocaleConfig("pwfile", login.file().toString())
        .setConnectConfig("password", password)
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "''")
        // The library is for tests and turns these off; accepted batches must survive a crash.
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "100")
        .setServerConfig("shared_buffers", "128MB")
        .start();
  }

  /** A free port below the ephemeral range, so that no outgoing connection takes it. */
  private static int freePort() throws IOException {
    IOException last = new BindException("no free port");
    for (int attempt = 0; attempt < MAX_PORT_ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(MIN_PORT, PORT_LIMIT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException inUse) {
        last = inUse;
      }
    }
    throw last;
  }

  private static String message(Path directory, Throwable failure) {
    if (failure instanceof AccessDeniedException denied) {
      return "user %2$s cannot write %1$s. Grant the user access to sluice.database.directory (%3$s), or set another directory."
          .formatted(denied.getFile(), System.getProperty("user.name"), directory);
    }
    if (failure instanceof FileAlreadyExistsException file) {
      return "%s is a file, not a directory. Set sluice.database.directory (%s) to another path."
          .formatted(file.getFile(), directory);
    }
    if (failure instanceof FileSystemException disk) {
      return "sluice.database.directory (%s) cannot be used (%s). Fix the cause, or set another directory."
          .formatted(directory, disk.getMessage());
    }
    String lastError = lastError(directory);
    if (lastError.contains("cannot be run as root")) {
      return "PostgreSQL does not run as root, and this system does not allow root to drop its privileges (user namespaces are off). "
          + "Run Sluice as an ordinary user, or set spring.datasource.url to your own PostgreSQL.";
    }
    return "the embedded PostgreSQL does not start (%s). See %s."
        .formatted(lastError, directory.resolve("postgres.log"));
  }

  private static String lastError(Path directory) {
    try (var lines = Files.lines(directory.resolve("postgres.log"))) {
      return lines
          .filter(line -> line.contains("FATAL:") || line.contains("error:"))
          .reduce((earlier, later) -> later)
          .orElse("its log contains no error");
    } catch (IOException | UncheckedIOException unreadable) {
      return "its log cannot be read";
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
    supervisor.close();
    pool.close();
    try {
      server.close();
    } catch (IOException stillRuns) {
      LOG.warn("PostgreSQL did not stop cleanly: {}", stillRuns.getMessage());
    }
    lock.close();
  }
}
