package dev.sluice.bench.analysis;

/** The limited unit. */
public enum Unit {
  REQUESTS,
  TOKENS;

  long chargeOf(ProviderCall call) {
    return this == REQUESTS ? 1 : call.chargedTokens();
  }
}
