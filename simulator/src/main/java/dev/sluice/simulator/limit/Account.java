package dev.sluice.simulator.limit;

import dev.sluice.simulator.limit.LimitCheck.Admitted;
import dev.sluice.simulator.limit.LimitCheck.Kind;
import dev.sluice.simulator.limit.LimitCheck.Rejected;
import dev.sluice.simulator.limit.LimitCheck.TooLarge;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** What one key has spent on one model: both limits are taken together or not at all. */
final class Account {
  private final LimitSettings settings;
  private @Nullable Allowance requests;
  private @Nullable Allowance tokens;
  private long toldToWaitUntil;

  Account(LimitSettings settings, PerMinute limits, long now) {
    this.settings = settings;
    change(limits, now);
  }

  synchronized void change(PerMinute limits, long now) {
    requests = changed(requests, limits.requests(), now);
    tokens = changed(tokens, limits.tokens(), now);
  }

  private @Nullable Allowance changed(@Nullable Allowance old, long perMinute, long now) {
    if (perMinute == 0) {
      return null;
    }
    return old == null ? Allowance.of(settings, perMinute, now) : old.withLimit(perMinute, now);
  }

  synchronized boolean toldToWait(long now) {
    return now < toldToWaitUntil;
  }

  synchronized RateLimitStatus standing(long now) {
    return new RateLimitStatus(level(requests, now), level(tokens, now));
  }

  synchronized LimitCheck admit(long amount, long now) {
    if (tokens != null && amount > tokens.perMinute()) {
      return new TooLarge(tokens.perMinute(), amount, standing(now));
    }
    if (waitFor(requests, 1, now) == 0 && waitFor(tokens, amount, now) == 0) {
      take(requests, 1, now);
      take(tokens, amount, now);
      return new Admitted(standing(now));
    }
    if (settings.refusedCallsCount() && requests != null) {
      requests.takeForRefused(now);
    }
    return refused(amount, now);
  }

  private Rejected refused(long amount, long now) {
    long waitForRequest = waitFor(requests, 1, now);
    long waitForTokens = waitFor(tokens, amount, now);
    boolean byTokens = waitForTokens > waitForRequest;
    long wait = Math.max(waitForRequest, waitForTokens);
    toldToWaitUntil = Math.max(toldToWaitUntil, now + wait);
    Allowance exhausted = byTokens ? tokens : requests;
    return new Rejected(
        byTokens ? Kind.TOKENS : Kind.REQUESTS,
        exhausted == null ? 0 : exhausted.perMinute(),
        exhausted == null ? 0 : exhausted.used(now),
        byTokens ? amount : 1,
        Duration.of(wait, ChronoUnit.MICROS),
        standing(now));
  }

  private static long waitFor(@Nullable Allowance allowance, long amount, long now) {
    return allowance == null ? 0 : allowance.waitFor(amount, now);
  }

  private static void take(@Nullable Allowance allowance, long amount, long now) {
    if (allowance != null) {
      allowance.take(amount, now);
    }
  }

  private static RateLimitStatus.@Nullable LimitStatus level(
      @Nullable Allowance allowance, long now) {
    return allowance == null
        ? null
        : new RateLimitStatus.LimitStatus(
            allowance.perMinute(),
            allowance.left(now),
            Duration.of(allowance.untilFull(now), ChronoUnit.MICROS));
  }
}
