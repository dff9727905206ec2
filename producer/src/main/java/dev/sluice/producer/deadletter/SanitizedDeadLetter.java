package dev.sluice.producer.deadletter;

import dev.sluice.common.wire.CallStats;
import dev.sluice.common.wire.Failure;
import dev.sluice.common.wire.FailureCode;
import dev.sluice.common.wire.OutcomeMessage;
import dev.sluice.common.wire.TaskIds;
import org.jspecify.annotations.Nullable;

/** A letter in characters that every database takes; its request is bytes and stays as it is. */
final class SanitizedDeadLetter {
  private SanitizedDeadLetter() {}

  /** The letter without what might be refused, and with the reason why. */
  static OutcomeMessage of(OutcomeMessage letter, RuntimeException refused) {
    TaskIds ids = letter.ids();
    Failure failure = letter.failure();
    String code = failure == null ? FailureCode.MALFORMED_TASK.wireName() : failure.code();
    String detail = failure == null ? "" : failure.detail();
    return OutcomeMessage.failed(
        new TaskIds(
            plain(ids.taskId()),
            ids.batchId() == null ? null : plain(ids.batchId()),
            plain(ids.endpoint()),
            plain(ids.route()),
            ids.lane(),
            plain(ids.customId()),
            null,
            ids.run()),
        new Failure(
            plain(code),
            plain(
                "%s\n(Stored in part, for PostgreSQL refused it: %s)"
                    .formatted(detail, why(refused)))),
        CallStats.none(
            letter.stats().attempts(), letter.stats().throttles(), plain(letter.stats().worker())),
        letter.body());
  }

  private static @Nullable String why(Throwable refused) {
    Throwable root = refused;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  private static String plain(String text) {
    return text.replaceAll("[^\\n\\x20-\\x7e]", "?");
  }
}
