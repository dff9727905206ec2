package dev.sluice.producer.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the embedded server again where it has ended by itself: a full disk ends it, or the
 * system's hunt for memory. What was committed is recovered.
 */
final class PostgresSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSupervisor.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final OrphanedPostgres server;
  private final Start start;
  private final Thread thread;

  /** Starts it, and waits a little. */
  @FunctionalInterface
  interface Start {
    EmbeddedPostgres again() throws IOException;
  }

  PostgresSupervisor(OrphanedPostgres server, Start start) {
    this.server = server;
    this.start = start;
    this.thread = Thread.ofVirtual().name("sluice-postgres-keeper").start(this::keep);
  }

  private void keep() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS);
        if (!server.runs()) {
          startAgain();
        }
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private void startAgain() {
    LOG.warn("PostgreSQL has ended by itself and is started again; postgres.log says why it ended");
    try {
      LOG.info("PostgreSQL runs again on 127.0.0.1:{}", start.again().getPort());
    } catch (IOException | IllegalStateException failed) {
      LOG.warn("PostgreSQL does not run yet: {}", failed.getMessage());
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
