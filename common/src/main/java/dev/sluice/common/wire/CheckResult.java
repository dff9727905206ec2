package dev.sluice.common.wire;

import org.jspecify.annotations.Nullable;

/**
 * The result of the checks of a task's answers.
 *
 * @param asks number of asks, from 1; each is a call with a complete reply
 * @param invalidReply the provider's last reply if its answer does not fit; null if it fits, if the
 *     last ask has no reply, or if the reply is larger than {@link #MAX_REPLY_BYTES}
 */
public record CheckResult(int asks, @Nullable Payload invalidReply) {

  /** Maximum size of a kept reply: it is a header, and all headers must fit into one AMQP frame. */
  public static final int MAX_REPLY_BYTES = 64 * 1024;

  public CheckResult {
    if (asks < 1) {
      throw new IllegalArgumentException("asks %d is below 1".formatted(asks));
    }
    if (invalidReply != null && invalidReply.size() > MAX_REPLY_BYTES) {
      invalidReply = null;
    }
  }

  /** The answer of the last ask fits. */
  public static CheckResult fits(int asks) {
    return withoutInvalidReply(asks);
  }

  /** The task finished for another reason than its answer. */
  public static CheckResult withoutInvalidReply(int asks) {
    return new CheckResult(asks, null);
  }

  /** The answer of the last ask does not fit. */
  public static CheckResult invalid(int asks, Payload reply) {
    return new CheckResult(asks, reply);
  }
}
