package dev.sluice.simulator.provider;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the calls with the same body. */
final class BodyCounter {
  private final Map<BodyHash, AtomicLong> counts = new ConcurrentHashMap<>();

  /** Counts a call and returns the number of earlier calls with this body. */
  long next(BodyHash body) {
    return counts.computeIfAbsent(body, b -> new AtomicLong()).getAndIncrement();
  }
}
