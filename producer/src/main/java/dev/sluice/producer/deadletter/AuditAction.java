package dev.sluice.producer.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * Who does something at the desk, and why.
 *
 * @param who the name of the API key
 * @param by the person, where one was named
 */
record AuditAction(String who, @Nullable String by, String why) {
  /** What can be done with a letter. */
  enum Kind {
    REPLAY,
    DISCARD
  }
}
