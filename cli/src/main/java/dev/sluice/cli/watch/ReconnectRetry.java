package dev.sluice.cli.watch;

import dev.sluice.cli.client.UnreachableException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Retries requests while the producer is unreachable, for example during a restart. */
public final class ReconnectRetry {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  private final Terminal terminal;
  private final Consumer<String> messages;

  public ReconnectRetry(Terminal terminal, Consumer<String> messages) {
    this.terminal = terminal;
    this.messages = messages;
  }

  /** An idempotent request. */
  @FunctionalInterface
  public interface Request<T> {
    T send() throws InterruptedException, IOException;
  }

  public <T> T retry(Request<T> request) throws InterruptedException, IOException {
    Instant deadline = terminal.clock().instant().plus(TIMEOUT);
    for (boolean disconnected = false; ; disconnected = true) {
      try {
        T response = request.send();
        if (disconnected) {
          messages.accept("Sluice is reachable again.");
        }
        return response;
      } catch (UnreachableException unreachable) {
        if (terminal.clock().instant().isAfter(deadline)) {
          throw unreachable;
        }
        if (!disconnected) {
          messages.accept(
              "Sluice is unreachable; retrying for up to 2 minutes. The batch is not affected.");
        }
        terminal.sleeper().sleep(RETRY_INTERVAL);
      }
    }
  }
}
