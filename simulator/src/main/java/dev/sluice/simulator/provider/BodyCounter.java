package dev.sluice.simulator.provider;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts how often each body came. */
final class BodyCounter {
  private final Map<BodyHash, AtomicLong> counts = new ConcurrentHashMap<>();

  /** How often it came before, from 0. */
  long next(BodyHash body) {
    return counts.computeIfAbsent(body, b -> new AtomicLong()).getAndIncrement();
  }
}
