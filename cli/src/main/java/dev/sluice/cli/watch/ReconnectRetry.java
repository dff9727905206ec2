package dev.sluice.cli.watch;

import dev.sluice.cli.client.UnreachableException;
import dev.sluice.cli.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Keeps asking a producer that was reached before: it may be starting again. */
final class ReconnectRetry {
  private static final Duration LASTS = Duration.ofMinutes(2);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final Terminal terminal;
  private final Consumer<String> say;

  ReconnectRetry(Terminal terminal, Consumer<String> say) {
    this.terminal = terminal;
    this.say = say;
  }

  /** Something asked of the producer that may be asked again. */
  @FunctionalInterface
  interface Request<T> {
    T make() throws InterruptedException, IOException;
  }

  <T> T insist(Request<T> request) throws InterruptedException, IOException {
    Instant giveUp = terminal.clock().instant().plus(LASTS);
    for (boolean told = false; ; told = true) {
      try {
        T answer = request.make();
        if (told) {
          say.accept("Sluice is back.");
        }
        return answer;
      } catch (UnreachableException away) {
        if (terminal.clock().instant().isAfter(giveUp)) {
          throw away;
        }
        if (!told) {
          say.accept(
              "Sluice does not answer; trying again for up to 2 minutes. The batch is safe.");
        }
        terminal.pause().of(BETWEEN_TRIES);
      }
    }
  }
}
