package dev.sluice.producer.batch.dependency;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a task that another one is made from.
 *
 * @param label its heading in the body, such as {@code part 3 (p. 41-60)}; null for none
 * @param text empty if there is no answer
 * @param failure why there is no answer; empty if there is one
 * @param without names of the answers that this one was made without; usually none
 */
record PartAnswer(
    UUID task,
    String customId,
    @Nullable String label,
    String text,
    String failure,
    List<String> without) {

  /** Its name in messages. */
  String name() {
    return label == null ? customId : label;
  }

  boolean isMissing() {
    return text.isEmpty();
  }

  /** Names of what is missing in it; usually none. */
  List<String> missing() {
    return isMissing()
        ? List.of(name())
        : without.stream().map(part -> name() + ": " + part).toList();
  }

  /** Its paragraph in the body. */
  String paragraph() {
    if (isMissing()) {
      return "[%s is missing: it could not be processed.]".formatted(name());
    }
    return label == null ? text : "[%s]\n%s".formatted(label, text);
  }
}
