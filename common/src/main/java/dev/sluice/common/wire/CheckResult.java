package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * The result of the checks of a task's answers.
 *
 * @param answers number of answers that were checked, from 1
 * @param invalidReply the provider's last reply if its answer does not fit; null if it fits, if the
 *     last call has no reply, or if the reply is larger than {@link #MAX_REPLY_BYTES}
 */
public record CheckResult(int answers, @Nullable Payload invalidReply) {

  /** Maximum size of a kept reply: it is a header, and all headers must fit into one AMQP frame. */
  public static final int MAX_REPLY_BYTES = 64 * 1024;

  public CheckResult {
    if (answers < 1) {
      throw new IllegalArgumentException("answers %d is below 1".formatted(answers));
    }
    if (invalidReply != null && invalidReply.size() > MAX_REPLY_BYTES) {
      invalidReply = null;
    }
  }

  /** The last answer fits. */
  public static CheckResult fits(int answers) {
    return withoutInvalidReply(answers);
  }

  /** The task finished for another reason than its answer. */
  public static CheckResult withoutInvalidReply(int answers) {
    return new CheckResult(answers, null);
  }

  /** The last answer does not fit. */
  public static CheckResult invalid(int answers, Payload reply) {
    return new CheckResult(answers, reply);
  }
}
