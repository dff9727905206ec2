package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Attempt;
import dev.sluice.common.wire.Payload;
import dev.sluice.platform.check.AnswerText;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.store.BatchId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the API returns it.
 *
 * @param project null if the task has no batch
 * @param failure the failure's detail in one line, at most 200 characters
 * @param statusCode HTTP status of the last attempt; null if the provider did not respond
 * @param deadLetteredAt Unix seconds, UTC
 * @param resolvedAt when it was replayed, discarded or accepted, Unix seconds, UTC; null until then
 * @param lastRejection why a bulk job could not process it; null for none
 */
record DeadLetterView(
    String id,
    String object,
    String state,
    @Nullable String project,
    String taskId,
    int run,
    @Nullable String batchId,
    String customId,
    String route,
    String endpoint,
    String model,
    String failureCode,
    String failure,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    int attempts,
    int throttles,
    String worker,
    long deadLetteredAt,
    @Nullable Long resolvedAt,
    @Nullable String lastRejection) {
  private static final int MAX_FAILURE_LENGTH = 200;
  private static final int MAX_REQUEST_LENGTH = 1024 * 1024;

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

  /**
   * A dead letter with its history, request and audit log.
   *
   * @param history the attempts of the failed run, the oldest first
   * @param request its first 1,048,576 characters
   * @param requestBytes size of the whole request
   * @param answer the text that does not fit the schema of the batch; null for any other failure,
   *     or if the reply is larger than 64 KiB
   */
  record Detail(
      @com.fasterxml.jackson.annotation.JsonUnwrapped DeadLetterView deadLetter,
      String failureDetail,
      List<Attempt> history,
      String request,
      int requestBytes,
      @Nullable String answer,
      List<AuditView> audit) {
    static Detail of(
        DeadLetter deadLetter, DeadLetterQueries.Content content, List<AuditLog.AuditEntry> audit) {
      Payload reply = content.reply();
      return new Detail(
          DeadLetterView.of(deadLetter),
          deadLetter.failure().detail(),
          content.history().attempts(),
          truncated(content.request()),
          content.request().size(),
          reply == null ? null : String.join("\n", AnswerText.of(reply)),
          audit.stream().map(AuditView::of).toList());
    }
  }

  /**
   * An entry of the audit log.
   *
   * @param action {@code replay}, {@code discard} or {@code accept}
   * @param at Unix seconds, UTC
   * @param apiKey the name of the API key
   * @param operator the person; null if the request named none
   * @param changes what a replay changed in the request; null for nothing
   */
  record AuditView(
      String action,
      long at,
      String apiKey,
      @Nullable String operator,
      String reason,
      @Nullable String changes) {
    static AuditView of(AuditLog.AuditEntry entry) {
      return new AuditView(
          entry.action(),
          entry.at().getEpochSecond(),
          entry.apiKey(),
          entry.operator(),
          entry.reason(),
          entry.changes());
    }
  }
}
