package dev.sluice.platform.startup;

/** The application cannot start, for a reason that the operator can fix. */
public final class StartupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the value, the rule, the setting and the fix
   */
  public StartupException(String message) {
    super(message);
  }

  /**
   * @param message names the value, the rule, the setting and the fix
   */
  public StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
