package dev.sluice.producer.infrastructure.database;

import dev.sluice.common.process.FatalErrors;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restarts the embedded server after a crash, for example on a full disk or by the OOM killer.
 * PostgreSQL recovers all committed data.
 */
final class PostgresSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSupervisor.class);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final OrphanedPostgres server;
  private final Starter starter;
  private final Thread thread;

  /** Starts the server and waits for it until a timeout. */
  @FunctionalInterface
  interface Starter {
    EmbeddedPostgres start() throws IOException;
  }

  PostgresSupervisor(OrphanedPostgres server, Starter starter) {
    this.server = server;
    this.starter = starter;
    this.thread = Thread.ofVirtual().name("sluice-postgres-supervisor").start(this::supervise);
  }

  private void supervise() {
    try {
      while (true) {
        Thread.sleep(CHECK_INTERVAL);
        if (!server.isRunning()) {
          restart();
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void restart() {
    LOG.warn(
        "PostgreSQL has stopped unexpectedly and is restarted; see postgres.log for the cause");
    try {
      LOG.info("PostgreSQL is running again on 127.0.0.1:{}", starter.start().getPort());
    } catch (IOException | IllegalStateException failed) {
      LOG.warn("PostgreSQL is not running yet: {}", failed.getMessage());
    } catch (RuntimeException
        | Error bug) { // the thread must not end: nothing else restarts the server
      FatalErrors.endProcessIfFatal(bug);
      LOG.error("Cannot restart PostgreSQL; the next attempt follows", bug);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
