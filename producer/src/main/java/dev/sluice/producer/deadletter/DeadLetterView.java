package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.Attempt;
import dev.sluice.common.wire.AttemptHistory;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.access.Project;
import dev.sluice.producer.batch.BatchId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A letter for its reader. */
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
    long diedAt,
    @Nullable Long settledAt,
    @Nullable String lastRefusal) {
  private static final int LONGEST_FAILURE = 200;
  private static final int LONGEST_REQUEST = 1024 * 1024;

  static DeadLetterView of(DeadLetter letter) {
    UUID batch = letter.batch();
    Project project = letter.project();
    Instant settled = letter.settled();
    return new DeadLetterView(
        letter.id().toString(),
        "dead_letter",
        letter.state().name().toLowerCase(Locale.ROOT),
        project == null ? null : project.name(),
        letter.taskId(),
        letter.run(),
        batch == null ? null : new BatchId(batch).toString(),
        letter.customId(),
        letter.route(),
        letter.endpoint(),
        letter.model(),
        letter.failureCode(),
        firstLine(letter.failureDetail()),
        letter.statusCode(),
        letter.requestId(),
        letter.attempts(),
        letter.throttles(),
        letter.worker(),
        letter.died().getEpochSecond(),
        settled == null ? null : settled.getEpochSecond(),
        letter.refusal());
  }

  /** A request for its reader: no more of it than a page can hold. */
  static String shown(Payload request) {
    String text = request.text();
    return text.length() <= LONGEST_REQUEST ? text : text.substring(0, LONGEST_REQUEST);
  }

  /** In one line, and short; JSON over several lines still says what it says. */
  private static String firstLine(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= LONGEST_FAILURE ? line : line.substring(0, LONGEST_FAILURE - 1) + "…";
  }

  /** With all that is known of it. */
  record Detail(
      @com.fasterxml.jackson.annotation.JsonUnwrapped DeadLetterView letter,
      String failureDetail,
      List<Attempt> history,
      String request,
      int requestBytes,
      List<AuditView> acts) {
    static Detail of(
        DeadLetter letter,
        AttemptHistory history,
        Payload request,
        List<DeadLetters.AuditEntry> acts) {
      return new Detail(
          DeadLetterView.of(letter),
          letter.failureDetail(),
          history.attempts(),
          shown(request),
          request.size(),
          acts.stream().map(AuditView::of).toList());
    }
  }

  /** What was done with it. */
  record AuditView(
      String act, long at, String who, @Nullable String by, String why, @Nullable String changed) {
    static AuditView of(DeadLetters.AuditEntry auditEntry) {
      return new AuditView(
          auditEntry.act(),
          auditEntry.at().getEpochSecond(),
          auditEntry.who(),
          auditEntry.by(),
          auditEntry.why(),
          auditEntry.changed());
    }
  }
}
