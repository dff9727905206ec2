package dev.sluice.simulator.limit;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The limits of every key with every model, which may change while calls come in. */
public final class RateLimits {
  private record Owner(String key, String model) {}

  private final LimitSettings settings;
  private final Clock clock;
  private final Map<Owner, Account> accounts = new ConcurrentHashMap<>();
  private final Map<String, PerMinute> models;
  private final LongAdder callsInsideToldWait = new LongAdder();
  private volatile PerMinute everyModel;

  public RateLimits(LimitSettings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.models = new ConcurrentHashMap<>(settings.models());
    this.everyModel = settings.everyModel();
  }

  /**
   * Charges a call, or refuses it.
   *
   * @param tokens the prompt's and the most that the reply may have
   */
  public LimitCheck admit(String key, String model, long tokens) {
    Account account = account(key, model);
    long now = now();
    if (account.toldToWait(now)) {
      callsInsideToldWait.increment();
    }
    return account.admit(tokens, now);
  }

  /** How a key stands, without a charge. */
  public RateLimitStatus standing(String key, String model) {
    return account(key, model).standing(now());
  }

  /** New limits for every model that has none of its own, from now on. */
  public synchronized void change(PerMinute limits) {
    everyModel = limits;
    apply();
  }

  /** New limits for one model, from now on. */
  public synchronized void change(String model, PerMinute limits) {
    models.put(model, limits);
    apply();
  }

  /** The limits of a model now. */
  public PerMinute of(String model) {
    return models.getOrDefault(model, everyModel);
  }

  /** Calls that came for a key and model before the wait was over that a 429 had told. */
  public long callsInsideToldWait() {
    return callsInsideToldWait.sum();
  }

  private void apply() {
    accounts.forEach((owner, account) -> account.change(of(owner.model()), now()));
  }

  private Account account(String key, String model) {
    Owner owner = new Owner(key, model);
    Account known = accounts.get(owner);
    return known != null
        ? known
        : accounts.computeIfAbsent(owner, o -> new Account(settings, of(o.model()), now()));
  }

  private long now() {
    Instant instant = clock.instant();
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }
}
