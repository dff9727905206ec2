package dev.sluice.cli.watch;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.cli.terminal.HumanFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Formats the summary of a finished batch. */
public final class SummaryLine {
  private SummaryLine() {}

  /**
   * For example {@code 300 of 300 completed in 31 s · 0 failed · 17 responses with 429 · …}.
   *
   * @param now used if the producer reports no end time
   * @param output location of the results, for display
   * @param errors location of the errors, for display; empty if all tasks succeeded
   */
  public static String of(
      BatchProgress batch, Instant now, String output, Optional<String> errors) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s of %s completed in %s"
            .formatted(
                HumanFormat.count(batch.completed()),
                HumanFormat.count(batch.total()),
                HumanFormat.duration(elapsed(batch, now))));
    DocumentCounts documents = batch.documents();
    if (documents != null) {
      parts.add(
          "%s in %s"
              .formatted(
                  HumanFormat.count(documents.split(), "long document"),
                  HumanFormat.count(documents.parts(), "part")));
    }
    parts.add(HumanFormat.count(batch.failed()) + " failed");
    if (batch.cutOff() > 0) {
      parts.add(HumanFormat.count(batch.cutOff()) + " cut off");
    }
    if (batch.reused() > 0) {
      parts.add(HumanFormat.count(batch.reused()) + " reused");
    }
    if (batch.expired() > 0) {
      parts.add(HumanFormat.count(batch.expired()) + " expired");
    }
    if (batch.cancelled() > 0) {
      parts.add(HumanFormat.count(batch.cancelled()) + " cancelled");
    }
    parts.add(HumanFormat.count(batch.throttles(), "response") + " with 429");
    parts.add(
        "%s prompt + %s completion tokens"
            .formatted(
                HumanFormat.count(batch.promptTokens()),
                HumanFormat.count(batch.completionTokens())));
    parts.add("output: " + output);
    errors.ifPresent(location -> parts.add("errors: " + location));
    String summary = String.join(" · ", parts);
    return batch.status().equals("completed")
        ? summary
        : "The batch is %s. %s".formatted(batch.status(), summary);
  }

  /** Time from the creation of the batch to its end. */
  public static Duration elapsed(BatchProgress batch, Instant now) {
    long end = batch.completedAt() == null ? now.getEpochSecond() : batch.completedAt();
    return Duration.ofSeconds(batch.createdAt() == 0 ? 0 : Math.max(0, end - batch.createdAt()));
  }
}
