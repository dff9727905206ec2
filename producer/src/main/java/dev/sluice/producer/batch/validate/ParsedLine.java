package dev.sluice.producer.batch.validate;

import dev.sluice.api.batch.InputError;
import dev.sluice.common.wire.Payload;
import dev.sluice.producer.store.NewDependents.Dependencies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of parsing one line of an input file. */
sealed interface ParsedLine {

  /**
   * A valid request.
   *
   * @param line its line number, from 1
   * @param prompt estimated tokens of its prompt
   * @param reply tokens of the longest reply that it allows
   * @param dependencies what it waits for; null for none
   */
  record Request(
      long line,
      String customId,
      String route,
      String model,
      long prompt,
      long reply,
      Payload body,
      @Nullable Dependencies dependencies)
      implements ParsedLine {

    /** The same request, which waits for others. */
    Request with(Dependencies waitsFor) {
      return new Request(line, customId, route, model, prompt, reply, body, waitsFor);
    }

    /** The estimated tokens of the prompt and the reply. */
    long tokens() {
      return prompt + reply;
    }
  }

  /**
   * A document that does not fit.
   *
   * @param requests those of its parts, then the one that combines their answers
   */
  record Document(List<Request> requests) implements ParsedLine {}

  /** An invalid line with all its errors. */
  record Invalid(List<InputError> errors) implements ParsedLine {}
}
