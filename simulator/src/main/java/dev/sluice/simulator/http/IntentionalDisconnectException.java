package dev.sluice.simulator.http;

import org.eclipse.jetty.io.QuietException;

/** Tells Jetty that the connection was closed on purpose; Jetty does not log it. */
final class IntentionalDisconnectException extends RuntimeException implements QuietException {
  private static final long serialVersionUID = 1L;

  IntentionalDisconnectException(String reason) {
    super(reason, null, false, false);
  }
}
