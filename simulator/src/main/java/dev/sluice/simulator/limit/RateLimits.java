package dev.sluice.simulator.limit;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The rate limits of all keys and models; thread-safe and changeable at runtime. */
public final class RateLimits {
  private record Owner(String key, String model) {}

  private final LimitSettings settings;
  private final Clock clock;
  private final Map<Owner, Account> accounts = new ConcurrentHashMap<>();
  private final Map<String, PerMinute> models;
  private final LongAdder callsBeforeRetryAfter = new LongAdder();
  private volatile PerMinute defaults;

  public RateLimits(LimitSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.models = new ConcurrentHashMap<>(settings.models());
    this.defaults = settings.defaults();
  }

  /**
   * Admits and charges a call, or rejects it.
   *
   * @param tokens prompt tokens plus the maximum completion tokens
   */
  public LimitCheck admit(String key, String model, long tokens) {
    Account account = account(key, model);
    long now = now();
    if (account.isBeforeRetryAfter(now)) {
      callsBeforeRetryAfter.increment();
    }
    return account.admit(tokens, now);
  }

  /** The status of a key and model, without charging a call. */
  public RateLimitStatus rateLimitStatus(String key, String model) {
    return account(key, model).rateLimitStatus(now());
  }

  /** Changes the limits of all models without limits of their own. */
  public synchronized void change(PerMinute limits) {
    defaults = limits;
    apply();
  }

  /** Changes the limits of one model. */
  public synchronized void change(String model, PerMinute limits) {
    models.put(model, limits);
    apply();
  }

  /** The current limits of a model. */
  public PerMinute of(String model) {
    return models.getOrDefault(model, defaults);
  }

  /** Number of calls that arrived before the Retry-After time of an earlier 429. */
  public long callsBeforeRetryAfter() {
    return callsBeforeRetryAfter.sum();
  }

  private void apply() {
    accounts.forEach((owner, account) -> account.change(of(owner.model()), now()));
  }

  private Account account(String key, String model) {
    Owner owner = new Owner(key, model);
    Account account = accounts.get(owner);
    return account != null
        ? account
        : accounts.computeIfAbsent(owner, o -> new Account(settings, of(o.model()), now()));
  }

  private long now() {
    Instant instant = clock.instant();
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }
}
