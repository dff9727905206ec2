package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.Payload;
import java.util.List;

/** The result of parsing one line of an input file. */
sealed interface ParsedLine {

  /**
   * A valid request.
   *
   * @param line its line number, from 1
   * @param prompt estimated tokens of its prompt
   * @param reply tokens of the longest reply that it allows
   */
  record Request(
      long line, String customId, String route, String model, long prompt, long reply, Payload body)
      implements ParsedLine {

    /** The estimated tokens of the prompt and the reply. */
    long tokens() {
      return prompt + reply;
    }
  }

  /** An invalid line with all its errors. */
  record Invalid(List<InputError> errors) implements ParsedLine {}
}
