package dev.sluice.producer.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * An action on a dead letter, as the audit log records it.
 *
 * @param apiKey the name of the API key
 * @param operator the person; null if the request names none
 * @param reason why the operator acts
 */
record AuditAction(String apiKey, @Nullable String operator, String reason) {
  /** The actions that operators can take on a dead letter. */
  enum Kind {
    REPLAY(DeadLetter.State.REPLAYED),
    DISCARD(DeadLetter.State.DISCARDED),
    ACCEPT(DeadLetter.State.ACCEPTED);

    private final DeadLetter.State state;

    Kind(DeadLetter.State state) {
      this.state = state;
    }

    /** The state of the dead letter after the action. */
    DeadLetter.State state() {
      return state;
    }
  }
}
