package dev.sluice.platform.check;

/** A text is not a usable JSON schema; the message names the place and the rule. */
public final class InvalidSchemaException extends Exception {
  InvalidSchemaException(String message) {
    super(message);
  }
}
