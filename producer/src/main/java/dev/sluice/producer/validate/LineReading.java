package dev.sluice.producer.validate;

import dev.sluice.common.wire.Body;
import dev.sluice.producer.batch.InputError;
import java.util.List;

/** What was found in a line of a batch's input. */
sealed interface LineReading {

  /**
   * A request.
   *
   * @param tokens what it takes of the provider's allowance, estimated
   */
  record Request(long line, String customId, String route, String model, long tokens, Body body)
      implements LineReading {}

  /** No request that could be sent; every reason why. */
  record Wrong(List<InputError> errors) implements LineReading {}
}
