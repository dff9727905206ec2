package dev.sluice.common.startup;

/** A start that cannot go on, for a reason that its user can mend: the message says which. */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A sentence that names value, rule and place, and what to do. */
  public StartupException(String sentence) {
    super(sentence);
  }

  public StartupException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
