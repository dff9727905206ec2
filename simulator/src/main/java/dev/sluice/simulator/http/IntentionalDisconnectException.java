package dev.sluice.simulator.http;

import org.eclipse.jetty.io.QuietException;

/** Tells Jetty that a connection is gone, without a line in its log. */
final class IntentionalDisconnectException extends RuntimeException implements QuietException {
  private static final long serialVersionUID = 1L;

  IntentionalDisconnectException(String why) {
    super(why, null, false, false);
  }
}
