package dev.sluice.producer.store;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A legal change of a status. SQL that changes the status is built from it.
 *
 * @param name as in {@code docs/task-lifecycle.md}
 * @param from the statuses that it may start from
 * @param to the statuses that it may end in
 */
record Transition<S extends Enum<S>>(String name, Set<S> from, Set<S> to) {

  /** The SQL condition that the column has a status that it may start from. */
  String from(String column) {
    String statuses =
        EnumSet.copyOf(from).stream().map(Transition::literal).collect(Collectors.joining(", "));
    return from.size() == 1 ? column + " = " + statuses : column + " in (" + statuses + ")";
  }

  /**
   * The SQL literal of a status that it may end in.
   *
   * @throws IllegalArgumentException if it may not end there
   */
  String to(S status) {
    return literal(require(status));
  }

  /**
   * The status, if it may end there.
   *
   * @throws IllegalArgumentException if it may not
   */
  S require(S status) {
    if (!to.contains(status)) {
      throw new IllegalArgumentException(
          "Illegal transition: %s does not lead to %s".formatted(name, status));
    }
    return status;
  }

  private static String literal(Enum<?> status) {
    return "'" + status.name().toLowerCase(Locale.ROOT) + "'";
  }
}
