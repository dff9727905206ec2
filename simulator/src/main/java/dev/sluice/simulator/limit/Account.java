package dev.sluice.simulator.limit;

import dev.sluice.simulator.limit.LimitCheck.Admitted;
import dev.sluice.simulator.limit.LimitCheck.Kind;
import dev.sluice.simulator.limit.LimitCheck.Rejected;
import dev.sluice.simulator.limit.LimitCheck.TooLarge;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Usage of one key and model; charges both limits, or none of them. */
final class Account {
  private final LimitSettings settings;
  private @Nullable Allowance requests;
  private @Nullable Allowance tokens;
  private long retryAfterUntil;

  Account(LimitSettings settings, PerMinute limits, long now) {
    this.settings = settings;
    change(limits, now);
  }

  synchronized void change(PerMinute limits, long now) {
    requests = withLimit(requests, limits.requests(), now);
    tokens = withLimit(tokens, limits.tokens(), now);
  }

  private @Nullable Allowance withLimit(@Nullable Allowance allowance, long perMinute, long now) {
    if (perMinute == 0) {
      return null;
    }
    return allowance == null
        ? Allowance.of(settings, perMinute, now)
        : allowance.withLimit(perMinute, now);
  }

  synchronized boolean isBeforeRetryAfter(long now) {
    return now < retryAfterUntil;
  }

  synchronized RateLimitStatus rateLimitStatus(long now) {
    return new RateLimitStatus(limitStatus(requests, now), limitStatus(tokens, now));
  }

  synchronized LimitCheck admit(long amount, long now) {
    if (tokens != null && amount > tokens.perMinute()) {
      return new TooLarge(tokens.perMinute(), amount, rateLimitStatus(now));
    }
    if (waitFor(requests, 1, now) == 0 && waitFor(tokens, amount, now) == 0) {
      consume(requests, 1, now);
      consume(tokens, amount, now);
      return new Admitted(rateLimitStatus(now));
    }
    if (settings.countRejectedCalls() && requests != null) {
      requests.consumeForRejected(now);
    }
    return reject(amount, now);
  }

  private Rejected reject(long amount, long now) {
    long waitForRequest = waitFor(requests, 1, now);
    long waitForTokens = waitFor(tokens, amount, now);
    boolean byTokens = waitForTokens > waitForRequest;
    long wait = Math.max(waitForRequest, waitForTokens);
    retryAfterUntil = Math.max(retryAfterUntil, now + wait);
    Allowance exhausted = byTokens ? tokens : requests;
    return new Rejected(
        byTokens ? Kind.TOKENS : Kind.REQUESTS,
        exhausted == null ? 0 : exhausted.perMinute(),
        exhausted == null ? 0 : exhausted.used(now),
        byTokens ? amount : 1,
        Duration.of(wait, ChronoUnit.MICROS),
        rateLimitStatus(now));
  }

  private static long waitFor(@Nullable Allowance allowance, long amount, long now) {
    return allowance == null ? 0 : allowance.waitFor(amount, now);
  }

  private static void consume(@Nullable Allowance allowance, long amount, long now) {
    if (allowance != null) {
      allowance.consume(amount, now);
    }
  }

  private static RateLimitStatus.@Nullable LimitStatus limitStatus(
      @Nullable Allowance allowance, long now) {
    return allowance == null
        ? null
        : new RateLimitStatus.LimitStatus(
            allowance.perMinute(),
            allowance.remaining(now),
            Duration.of(allowance.untilFull(now), ChronoUnit.MICROS));
  }
}
