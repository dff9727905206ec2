package dev.sluice.cli.progress;

import dev.sluice.cli.client.BatchState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sums up a batch that has ended. */
public final class SummaryLine {
  private SummaryLine() {}

  /**
   * For example {@code 300 of 300 done in 31 s · 0 failed · 17 rate limits absorbed · …}.
   *
   * @param now stands in where the producer does not say when the batch ended
   * @param output where the data are, for people
   * @param errors where the reasons are, if tasks have no result
   */
  public static String of(BatchState batch, Instant now, String output, Optional<String> errors) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%s of %s done in %s"
            .formatted(
                HumanFormat.count(batch.completed()),
                HumanFormat.count(batch.total()),
                HumanFormat.duration(took(batch, now))));
    parts.add(HumanFormat.count(batch.failed()) + " failed");
    if (batch.expired() > 0) {
      parts.add(HumanFormat.count(batch.expired()) + " expired");
    }
    if (batch.cancelled() > 0) {
      parts.add(HumanFormat.count(batch.cancelled()) + " cancelled");
    }
    parts.add(HumanFormat.count(batch.throttles(), "rate limit") + " absorbed");
    parts.add(
        "%s prompt + %s completion tokens"
            .formatted(
                HumanFormat.count(batch.promptTokens()),
                HumanFormat.count(batch.completionTokens())));
    parts.add("output: " + output);
    errors.ifPresent(place -> parts.add("errors: " + place));
    String summary = String.join(" · ", parts);
    return batch.status().equals("completed")
        ? summary
        : "The batch is %s. %s".formatted(batch.status(), summary);
  }

  /** From the batch's making to its end. */
  public static Duration took(BatchState batch, Instant now) {
    long end = batch.completedAt().orElse(now.getEpochSecond());
    return Duration.ofSeconds(Math.max(0, end - batch.createdAt().orElse(end)));
  }
}
