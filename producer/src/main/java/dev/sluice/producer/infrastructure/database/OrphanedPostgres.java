package dev.sluice.producer.infrastructure.database;

import dev.sluice.platform.startup.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of this directory that still runs after its producer was killed.
 *
 * <p>{@code postmaster.pid} contains its process id. The system may have reused the id for another
 * program, so the process must be a {@code postgres} that uses this directory.
 */
record OrphanedPostgres(Path data) {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Stops the server if it runs, and deletes a stale {@code postmaster.pid}.
   *
   * @throws StartupException if it does not stop within 30 s
   */
  void stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> running = running();
    if (running.isPresent()) {
      stop(running.get());
    }
    Files.deleteIfExists(pidFile());
  }

  /** Whether a server uses this directory now. */
  boolean isRunning() {
    try {
      return running().isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }

  private Optional<ProcessHandle> running() throws IOException {
    return Files.exists(pidFile())
        ? pid(pidFile())
            .flatMap(ProcessHandle::of)
            .filter(ProcessHandle::isAlive)
            .filter(this::isOurs)
        : Optional.empty();
  }

  private Path pidFile() {
    return data.resolve("postmaster.pid");
  }

  private void stop(ProcessHandle server) throws IOException, InterruptedException {
    LOG.info(
        "Stopping the PostgreSQL of an earlier producer that still runs (pid {})", server.pid());
    // SIGINT starts PostgreSQL's fast shutdown: it closes the sessions and writes all data.
    new ProcessBuilder("/bin/sh", "-c", "kill -INT " + server.pid()).start().waitFor();
    try {
      server.onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException failed) {
      throw new StartupException(
          "a PostgreSQL of an earlier producer (pid %d) still runs in %s and does not stop. Stop it manually."
              .formatted(server.pid(), data),
          failed);
    }
  }

  private static Optional<Long> pid(Path pidFile) throws IOException {
    List<String> lines = Files.readAllLines(pidFile);
    try {
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(Long.valueOf(lines.getFirst().trim()));
    } catch (NumberFormatException cutShort) {
      return Optional.empty();
    }
  }

  private boolean isOurs(ProcessHandle process) {
    boolean isPostgres =
        process
            .info()
            .command()
            .map(Path::of)
            .map(Path::getFileName)
            .map(Path::toString)
            .filter("postgres"::equals)
            .isPresent();
    return isPostgres && (hasWorkingDirectory(process) || hasArgument(process));
  }

  /** A server's working directory is its data directory. Only Linux has {@code /proc}. */
  private boolean hasWorkingDirectory(ProcessHandle process) {
    try {
      Path cwd = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.exists(cwd) && cwd.toRealPath().equals(data.toRealPath());
    } catch (IOException notReadable) {
      return false;
    }
  }

  private boolean hasArgument(ProcessHandle process) {
    return process.info().arguments().stream()
        .flatMap(Arrays::stream)
        .anyMatch(argument -> argument.equals(data.toString()));
  }
}
