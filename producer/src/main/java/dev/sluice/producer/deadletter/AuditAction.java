package dev.sluice.producer.deadletter;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An action on a dead letter, as the audit log records it.
 *
 * @param edit what a replay changes
 * @param apiKey the name of the API key
 * @param operator the person; null if the request names none
 * @param reason why the operator acts
 */
public record AuditAction(
    Kind kind, RequestEdit edit, String apiKey, @Nullable String operator, String reason) {

  /** The kinds of actions that operators can take on a dead letter. */
  public enum Kind {
    REPLAY(DeadLetter.State.REPLAYED),
    DISCARD(DeadLetter.State.DISCARDED),
    ACCEPT(DeadLetter.State.ACCEPTED);

    private final DeadLetter.State state;

    Kind(DeadLetter.State state) {
      this.state = state;
    }

    /** Finds the kind with a name of the API, such as {@code replay}. */
    public static Optional<Kind> named(@Nullable String name) {
      return Stream.of(values()).filter(kind -> kind.wireName().equals(name)).findFirst();
    }

    /** The state of the dead letter after the action. */
    DeadLetter.State state() {
      return state;
    }

    /** Returns the name in the API and in the database. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
