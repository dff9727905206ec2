package dev.sluice.worker.limit;

import java.util.Locale;

/** Why a whole route rests. */
public enum HoldKind {
  /** The provider said that it is too fast. */
  RATE_LIMIT(false),
  /** Money or quota is used up. */
  QUOTA(true),
  /** The key is refused. */
  API_KEY(true),
  /** The one model that the route serves is not there. */
  MODEL_NOT_FOUND(true),
  /** The provider is out of order. */
  BREAKER(true),
  /** A person wants it so. */
  MANUAL(false);

  private final boolean alarming;

  HoldKind(boolean alarming) {
    this.alarming = alarming;
  }

  /** Whether a person should know. */
  public boolean isAlarming() {
    return alarming;
  }

  /** The name in reports and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
