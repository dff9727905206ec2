package dev.sluice.platform.route;

import java.util.List;

/** The route settings are invalid; the message names each value, rule and property. */
public final class InvalidRoutesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidRoutesException(List<String> problems) {
    super(String.join("; ", problems));
  }
}
