package dev.sluice.cli.watch;

import dev.sluice.api.route.WaitReason;
import dev.sluice.cli.client.SluiceClient;
import dev.sluice.cli.terminal.CommandException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains why a batch makes no progress: once, and again if the kind of the reason changes. */
final class WaitReport {
  private static final Duration QUERY_INTERVAL = Duration.ofSeconds(15);

  private final SluiceClient client;
  private @Nullable Instant queriedAt;
  private String lastKind = "";

  WaitReport(SluiceClient client) {
    this.client = client;
  }

  /** Returns a sentence if the batch is idle for a reason that was not returned before. */
  Optional<String> explain(String batch, Rate rate, Instant now) throws InterruptedException {
    if (rate.idle().isEmpty()) {
      lastKind = "";
      return Optional.empty();
    }
    if (queriedAt != null && now.isBefore(queriedAt.plus(QUERY_INTERVAL))) {
      return Optional.empty();
    }
    queriedAt = now;
    return newReason(batch);
  }

  private Optional<String> newReason(String batch) throws InterruptedException {
    WaitReason reason;
    try {
      reason = client.batches().why(batch).value();
    } catch (CommandException unavailable) {
      return Optional.empty(); // it only adds information
    }
    String kind = reason.kind();
    if (reason.sentence().isEmpty() || kind.equals("finished") || kind.equals(lastKind)) {
      return Optional.empty();
    }
    lastKind = kind;
    return Optional.of(reason.sentence());
  }
}
