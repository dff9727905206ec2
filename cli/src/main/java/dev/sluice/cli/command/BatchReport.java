package dev.sluice.cli.command;

import dev.sluice.api.batch.BatchProgress;
import dev.sluice.api.batch.DocumentCounts;
import dev.sluice.api.batch.StopReason;
import dev.sluice.cli.client.ValidationErrors;
import dev.sluice.cli.terminal.HumanFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Formats one batch for the terminal. */
public final class BatchReport {
  private static final int LABEL_WIDTH = 12;

  private final List<String> lines = new ArrayList<>();

  private BatchReport() {}

  public static List<String> lines(BatchProgress batch, Instant now) {
    BatchReport report = new BatchReport();
    report.line("Batch", batch.id());
    report.line("Name", batch.name());
    report.line("Status", batch.pausedAt() == null ? batch.status() : "paused");
    report.line("Paused", ago(batch.pausedAt(), now));
    report.line("Cause", batch.stopReason() == null ? null : stopped(batch.stopReason()));
    report.line("Endpoint", batch.endpoint());
    report.line("Tier", batch.tier());
    report.line("Tasks", tasks(batch));
    report.line("Partial", partial(batch.documents()));
    report.line("Cut off", positive(batch.cutOff(), "answer"));
    report.line("Asked again", positive(batch.reAsks(), "time"));
    report.line("Attempts", HumanFormat.count(batch.attempts()));
    report.line("429s", HumanFormat.count(batch.throttles()));
    report.line(
        "Tokens",
        "%s prompt + %s completion"
            .formatted(
                HumanFormat.count(batch.promptTokens()),
                HumanFormat.count(batch.completionTokens())));
    report.line("Created", ago(batch.createdAt(), now));
    report.line("Finished", ago(batch.completedAt(), now));
    report.line("Output file", batch.outputFileId());
    report.line("Error file", batch.errorFileId());
    report.lines.addAll(ValidationErrors.format(batch.errors()));
    return report.lines;
  }

  private static @Nullable String ago(@Nullable Long seconds, Instant now) {
    return seconds == null || seconds == 0 ? null : StatusReport.age(seconds, now) + " ago";
  }

  private static @Nullable String positive(long number, String noun) {
    return number == 0 ? null : HumanFormat.count(number, noun);
  }

  /** The documents that can be completed. */
  private static @Nullable String partial(@Nullable DocumentCounts documents) {
    return documents == null || documents.partial() == 0
        ? null
        : HumanFormat.count(documents.partial(), "document")
            + " without some parts; replay the failed parts to make them again";
  }

  private static String stopped(StopReason reason) {
    return "%s of the first %s failed, most with %s: %s"
        .formatted(
            HumanFormat.count(reason.failed()),
            HumanFormat.count(reason.finished(), "task"),
            reason.code(),
            reason.message());
  }

  private static String tasks(BatchProgress batch) {
    return "%s: %s completed · %s failed · %s expired · %s cancelled · %s queued · %s in the broker%s"
        .formatted(
            HumanFormat.count(batch.total()),
            HumanFormat.count(batch.completed()),
            HumanFormat.count(batch.failed()),
            HumanFormat.count(batch.expired()),
            HumanFormat.count(batch.cancelled()),
            HumanFormat.count(batch.queued()),
            HumanFormat.count(batch.inBroker()),
            batch.blocked() == 0
                ? ""
                : " · %s blocked (wait for other tasks)"
                    .formatted(HumanFormat.count(batch.blocked())));
  }

  private void line(String label, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      lines.add(label + " ".repeat(LABEL_WIDTH - label.length()) + value);
    }
  }
}
