package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import org.jspecify.annotations.Nullable;

/** Replaces the characters of a dead letter that PostgreSQL may reject; keeps its request. */
final class SanitizedDeadLetter {
  private SanitizedDeadLetter() {}

  /** Returns the dead letter with ASCII characters only and the reason for that. */
  static OutcomeMessage of(OutcomeMessage deadLetter, RuntimeException rejection) {
    TaskIds ids = deadLetter.ids();
    Failure failure = deadLetter.failure();
    String code = failure == null ? FailureCode.MALFORMED_TASK.wireName() : failure.code();
    String detail = failure == null ? "" : failure.detail();
    return OutcomeMessage.failed(
        new TaskIds(
            ascii(ids.taskId()),
            ids.batchId() == null ? null : ascii(ids.batchId()),
            ascii(ids.endpoint()),
            ascii(ids.route()),
            ids.lane(),
            ascii(ids.customId()),
            null,
            ids.run(),
            ids.recoveries()),
        new Failure(
            ascii(code),
            ascii(
                "%s\n(Non-ASCII characters replaced, because PostgreSQL rejected the original: %s)"
                    .formatted(detail, rootMessage(rejection)))),
        CallStats.none(
            deadLetter.stats().attempts(),
            deadLetter.stats().throttles(),
            ascii(deadLetter.stats().worker())),
        deadLetter.body());
  }

  private static @Nullable String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  private static String ascii(String text) {
    return text.replaceAll("[^\\n\\x20-\\x7e]", "?");
  }
}
