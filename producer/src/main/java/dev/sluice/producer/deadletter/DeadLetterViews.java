package dev.sluice.producer.deadletter;

import dev.sluice.api.deadletter.DeadLetterView;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.BatchId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Maps dead letters to the JSON objects of the API. */
final class DeadLetterViews {
  private static final int MAX_FAILURE_LENGTH = 200;
  private static final int MAX_REQUEST_LENGTH = 1024 * 1024;

  private DeadLetterViews() {}

  static DeadLetterView of(DeadLetter deadLetter) {
    DeadLetter.Task task = deadLetter.task();
    DeadLetter.Request request = deadLetter.request();
    DeadLetter.Failure failure = deadLetter.failure();
    DeadLetter.Resolution resolution = deadLetter.resolution();
    UUID batch = task.batch();
    Project project = task.project();
    Instant resolved = resolution.at();
    return new DeadLetterView(
        deadLetter.id().toString(),
        "dead_letter",
        resolution.state().wireName(),
        project == null ? null : project.name(),
        task.id(),
        task.run(),
        batch == null ? null : new BatchId(batch).toString(),
        task.customId(),
        request.route(),
        request.endpoint(),
        request.model(),
        failure.code(),
        oneLine(failure.detail()),
        failure.statusCode(),
        failure.requestId(),
        failure.attempts(),
        failure.throttles(),
        failure.worker(),
        deadLetter.deadLetteredAt().getEpochSecond(),
        resolved == null ? null : resolved.getEpochSecond(),
        resolution.lastRejection());
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
      DeadLetter deadLetter, DeadLetterQueries.Content content, List<AuditLog.AuditEntry> audit) {
    Payload reply = content.reply();
    return new DeadLetterView.Detail(
        of(deadLetter),
        deadLetter.failure().detail(),
        TaskCalls.of(content.history()),
        truncated(content.request()),
        content.request().size(),
        reply == null ? null : String.join("\n", AnswerText.of(reply)),
        audit.stream().map(DeadLetterViews::entry).toList());
  }

  private static DeadLetterView.AuditView entry(AuditLog.AuditEntry entry) {
    return new DeadLetterView.AuditView(
        entry.action(),
        entry.at().getEpochSecond(),
        entry.apiKey(),
        entry.operator(),
        entry.reason(),
        entry.changes());
  }
}
