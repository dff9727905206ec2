package dev.sluice.producer.deadletter;

import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Maps dead letters to the JSON objects of the API. */
final class DeadLetterViews {
  private static final int MAX_FAILURE_LENGTH = 200;
  private static final int MAX_REQUEST_LENGTH = 1024 * 1024;

  private DeadLetterViews() {}

  static DeadLetterView of(DeadLetter deadLetter) {
    UUID batch = deadLetter.batch();
    Project project = deadLetter.project();
    Instant resolved = deadLetter.resolvedAt();
    return new DeadLetterView(
        deadLetter.id().toString(),
        "dead_letter",
        deadLetter.state().wireName(),
        project == null ? null : project.name(),
        deadLetter.taskId(),
        deadLetter.run(),
        batch == null ? null : new BatchId(batch).toString(),
        deadLetter.customId(),
        deadLetter.route(),
        deadLetter.endpoint(),
        deadLetter.model(),
        deadLetter.failureCode(),
        oneLine(deadLetter.failureDetail()),
        deadLetter.statusCode(),
        deadLetter.requestId(),
        deadLetter.attempts(),
        deadLetter.throttles(),
        deadLetter.worker(),
        deadLetter.deadLetteredAt().getEpochSecond(),
        resolved == null ? null : resolved.getEpochSecond(),
        deadLetter.lastRejection());
  }

  /** Returns the first 1,048,576 characters of a request; a page cannot show more. */
  static String truncated(Payload request) {
    String text = request.text();
    return text.length() <= MAX_REQUEST_LENGTH ? text : text.substring(0, MAX_REQUEST_LENGTH);
  }

  /** Collapses whitespace, which keeps the meaning of JSON, and truncates. */
  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= MAX_FAILURE_LENGTH
        ? line
        : line.substring(0, MAX_FAILURE_LENGTH - 1) + "…";
  }

  static DeadLetterView.Detail detail(
      DeadLetter deadLetter,
      AttemptHistory history,
      Payload request,
      @Nullable Payload reply,
      List<DeadLetters.AuditEntry> audit) {
    return new DeadLetterView.Detail(
        of(deadLetter),
        deadLetter.failureDetail(),
        TaskCalls.of(history),
        truncated(request),
        request.size(),
        reply == null ? null : String.join("\n", AnswerText.of(reply)),
        audit.stream().map(DeadLetterViews::entry).toList());
  }

  private static DeadLetterView.AuditView entry(DeadLetters.AuditEntry entry) {
    return new DeadLetterView.AuditView(
        entry.action(),
        entry.at().getEpochSecond(),
        entry.apiKey(),
        entry.operator(),
        entry.reason(),
        entry.changes());
  }
}
