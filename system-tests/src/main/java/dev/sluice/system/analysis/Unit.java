package dev.sluice.system.analysis;

/** What is limited. */
public enum Unit {
  REQUESTS,
  TOKENS;

  long chargeOf(ProviderCall call) {
    return this == REQUESTS ? 1 : call.chargedTokens();
  }
}
