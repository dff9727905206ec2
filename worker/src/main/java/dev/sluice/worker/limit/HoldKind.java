package dev.sluice.worker.limit;

import java.util.Locale;

/** Why a route is held. */
public enum HoldKind {
  /** The provider rejected a call with 429. */
  RATE_LIMIT(false),
  /** The provider's quota or credit is used up. */
  QUOTA(true),
  /** The provider rejects the API key. */
  API_KEY(true),
  /** The provider does not have the route's only model. */
  MODEL_NOT_FOUND(true),
  /** The provider has an outage. */
  BREAKER(true),
  /** An operator holds the route. */
  MANUAL(false);

  private final boolean needsAttention;

  HoldKind(boolean needsAttention) {
    this.needsAttention = needsAttention;
  }

  /** Whether the hold is logged as a warning, because an operator should know of it. */
  public boolean needsAttention() {
    return needsAttention;
  }

  /** Returns the name in reports and metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
