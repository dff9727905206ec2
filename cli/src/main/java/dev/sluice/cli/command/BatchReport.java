package dev.sluice.cli.command;

import dev.sluice.cli.client.BatchState;
import dev.sluice.cli.client.ValidationErrors;
import dev.sluice.cli.terminal.HumanFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Formats one batch for the terminal. */
final class BatchReport {
  private static final int LABEL_WIDTH = 12;

  private final List<String> lines = new ArrayList<>();

  private BatchReport() {}

  static List<String> lines(BatchState batch, Instant now) {
    BatchReport report = new BatchReport();
    report.line("Batch", batch.id());
    report.line("Name", batch.json().path("name").asString(""));
    report.line("Status", batch.status());
    long pausedAt = batch.json().path("paused_at").asLong(0);
    report.line("Paused", pausedAt == 0 ? "" : Overview.age(pausedAt, now) + " ago");
    JsonNode stopReason = batch.json().path("stop_reason");
    report.line("Cause", stopReason.isObject() ? stopped(stopReason) : "");
    report.line("Endpoint", batch.json().path("endpoint").asString(""));
    report.line("Tasks", tasks(batch));
    report.line("Cut off", batch.cutOff() == 0 ? "" : HumanFormat.count(batch.cutOff(), "answer"));
    long reAsks = batch.json().path("re_asks").asLong(0);
    report.line("Asked again", reAsks == 0 ? "" : HumanFormat.count(reAsks, "time"));
    report.line("Attempts", HumanFormat.count(batch.json().path("attempts").asLong(0)));
    report.line("Absorbed", HumanFormat.count(batch.throttles(), "rate limit"));
    report.line(
        "Tokens",
        "%s prompt + %s completion"
            .formatted(
                HumanFormat.count(batch.promptTokens()),
                HumanFormat.count(batch.completionTokens())));
    batch.createdAt().ifPresent(at -> report.line("Created", Overview.age(at, now) + " ago"));
    batch.completedAt().ifPresent(at -> report.line("Ended", Overview.age(at, now) + " ago"));
    report.line("Output file", batch.outputFile().orElse(""));
    report.line("Error file", batch.errorFile().orElse(""));
    report.lines.addAll(ValidationErrors.format(batch.errors()));
    return report.lines;
  }

  private static String stopped(JsonNode reason) {
    return "%s of the first %s failed, most with %s: %s"
        .formatted(
            HumanFormat.count(reason.path("failed").asLong(0)),
            HumanFormat.count(reason.path("ended").asLong(0), "task"),
            reason.path("code").asString(""),
            reason.path("message").asString(""));
  }

  private static String tasks(BatchState batch) {
    return "%s: %s done · %s failed · %s expired · %s cancelled · %s queued · %s in the broker"
        .formatted(
            HumanFormat.count(batch.total()),
            HumanFormat.count(batch.completed()),
            HumanFormat.count(batch.failed()),
            HumanFormat.count(batch.expired()),
            HumanFormat.count(batch.cancelled()),
            HumanFormat.count(batch.json().path("queued").asLong(0)),
            HumanFormat.count(batch.json().path("in_broker").asLong(0)));
  }

  private void line(String label, String value) {
    if (!value.isEmpty()) {
      lines.add(label + " ".repeat(LABEL_WIDTH - label.length()) + value);
    }
  }
}
