package dev.sluice.producer.live;

import dev.sluice.producer.access.AuthenticatedCaller;
import dev.sluice.producer.access.KeyLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Enforces the limits of API keys on the live calls of this producer, over all routes. */
final class KeyLimiter {
  private final Map<String, KeyUsage> keys = new HashMap<>();

  /** The calls in flight of one key, and the earliest start of its next one. */
  private static final class KeyUsage {
    private int inFlight;
    private long nextDispatchAt;

    KeyUsage(long now) {
      nextDispatchAt = now;
    }

    boolean allows(KeyLimits limits, long now) {
      return (limits.concurrency() == 0 || inFlight < limits.concurrency())
          && (limits.requestsPerMinute() == 0 || now - nextDispatchAt >= 0);
    }

    void add(KeyLimits limits, long now) {
      inFlight++;
      if (limits.requestsPerMinute() > 0) {
        long interval = Duration.ofMinutes(1).toNanos() / limits.requestsPerMinute();
        nextDispatchAt = Math.max(nextDispatchAt + interval, now + interval / 2);
      }
    }

    boolean isIdle(long now) {
      return inFlight == 0 && now - nextDispatchAt >= 0;
    }
  }

  /**
   * Counts a call as in flight until {@link #release}; false if a limit of its key does not allow
   * it now.
   *
   * @param now by {@link System#nanoTime}
   */
  synchronized boolean tryAcquire(AuthenticatedCaller caller, long now) {
    keys.values().removeIf(usage -> usage.isIdle(now));
    KeyUsage usage = keys.computeIfAbsent(caller.key(), key -> new KeyUsage(now));
    boolean allowed = usage.allows(caller.limits(), now);
    if (allowed) {
      usage.add(caller.limits(), now);
    }
    return allowed;
  }

  synchronized void release(AuthenticatedCaller caller) {
    KeyUsage usage = keys.get(caller.key());
    if (usage != null) {
      usage.inFlight--;
    }
  }
}
