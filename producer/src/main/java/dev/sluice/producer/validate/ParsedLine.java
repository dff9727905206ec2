package dev.sluice.producer.validate;

import dev.sluice.common.wire.Payload;
import dev.sluice.producer.batch.InputError;
import java.util.List;

/** What was found in a line of a batch's input. */
sealed interface ParsedLine {

  /**
   * A request.
   *
   * @param prompt tokens of its prompt, estimated
   * @param reply tokens of the longest reply that it allows
   */
  record Request(
      long line, String customId, String route, String model, long prompt, long reply, Payload body)
      implements ParsedLine {

    /** What it takes of the provider's allowance, estimated. */
    long tokens() {
      return prompt + reply;
    }
  }

  /** No request that could be sent; every reason why. */
  record Invalid(List<InputError> errors) implements ParsedLine {}
}
