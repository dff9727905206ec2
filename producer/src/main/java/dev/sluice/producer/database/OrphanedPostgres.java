package dev.sluice.producer.database;

import dev.sluice.common.startup.StartupException;
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
 * The PostgreSQL that a producer left running when it was killed.
 *
 * <p>Its {@code postmaster.pid} names its process. The number may since have been given to another
 * program, so the process has to be a {@code postgres} that works in this very directory.
 */
record OrphanedPostgres(Path data) {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Stops it, if there is one, and takes a stale {@code postmaster.pid} away. */
  void stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> running = running();
    if (running.isPresent()) {
      stop(running.get());
    }
    Files.deleteIfExists(pidFile());
  }

  /** Whether a server works in this directory now. */
  boolean runs() {
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
    LOG.info("Stopping the PostgreSQL that an earlier producer left running, pid {}", server.pid());
    // SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes everything down.
    new ProcessBuilder("/bin/sh", "-c", "kill -INT " + server.pid()).start().waitFor();
    try {
      server.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException stubborn) {
      throw new StartupException(
          "a PostgreSQL of an earlier producer (pid %d) still runs in %s and does not stop. Stop it by hand."
              .formatted(server.pid(), data),
          stubborn);
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
    return isPostgres && (worksHere(process) || namesDirectory(process));
  }

  /** A server's working directory is its data directory; Linux shows it. */
  private boolean worksHere(ProcessHandle process) {
    try {
      Path cwd = Path.of("/proc", Long.toString(process.pid()), "cwd");
      return Files.exists(cwd) && cwd.toRealPath().equals(data.toRealPath());
    } catch (IOException notShown) {
      return false;
    }
  }

  private boolean namesDirectory(ProcessHandle process) {
    return process.info().arguments().stream()
        .flatMap(Arrays::stream)
        .anyMatch(argument -> argument.equals(data.toString()));
  }
}
