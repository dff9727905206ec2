package dev.sluice.worker.limit;

import dev.sluice.worker.limit.rate.AdvertisedLimits;
import dev.sluice.worker.limit.rate.LimitKind;
import java.util.Map;

/** A provider in virtual time with a limit of requests and one of tokens. */
final class TwoLimitProvider {
  private final VirtualQuota requests;
  private final VirtualQuota tokens;
  private final TokenCharge charge;
  private final boolean chargesAfterwards;

  /**
   * @param mayCallsOverdraw whether a call that is charged when it ends is admitted while any quota
   *     remains; else it is charged at its admission
   */
  TwoLimitProvider(
      VirtualQuota requests, VirtualQuota tokens, TokenCharge charge, boolean mayCallsOverdraw) {
    this.requests = requests;
    this.tokens = tokens;
    this.charge = charge;
    this.chargesAfterwards = charge == TokenCharge.COUNTED_AFTERWARDS && mayCallsOverdraw;
  }

  /** Returns 0 if the call is admitted, else the Retry-After delay in nanoseconds. */
  long admit(VirtualTask task, long now) {
    double required = required(task);
    if (!requests.has(1, now) || !tokens.has(required, now)) {
      return Math.max(requests.nanosUntil(1, now), tokens.nanosUntil(required, now));
    }
    requests.charge(1, now);
    if (!chargesAfterwards) {
      tokens.charge(charge.amount(task), now);
    }
    return 0;
  }

  /** An admitted call ends. */
  void onEnd(VirtualTask task, long now) {
    if (chargesAfterwards) {
      tokens.charge(charge.amount(task), now);
    }
  }

  /** Changes both limits. */
  void setPerSecond(double requestsPerSecond, double tokensPerSecond, long now) {
    requests.setPerSecond(requestsPerSecond, now);
    tokens.setPerSecond(tokensPerSecond, now);
  }

  /** Returns the limit that rejects this call. */
  LimitKind exceeded(VirtualTask task, long now) {
    return tokens.has(required(task), now) ? LimitKind.REQUESTS : charge.kind;
  }

  private double required(VirtualTask task) {
    return chargesAfterwards ? 1 : charge.amount(task);
  }

  AdvertisedLimits advertised(long now) {
    return new AdvertisedLimits(
        Map.of(LimitKind.REQUESTS, requests.advertised(now), charge.kind, tokens.advertised(now)));
  }
}
