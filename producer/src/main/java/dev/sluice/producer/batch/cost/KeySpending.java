package dev.sluice.producer.batch.cost;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** What keys with a budget have spent in this month, read at most once per second for each. */
@Component
class KeySpending {
  private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int MAX_KEYS = 1000;

  private final LiveCosts liveCosts;
  private final Map<String, Spent> byKey = new ConcurrentHashMap<>();

  KeySpending(LiveCosts liveCosts) {
    this.liveCosts = liveCosts;
  }

  private record Spent(BigDecimal dollars, long readAt) {}

  /** In US dollars, without models that have no price. */
  BigDecimal of(String key) {
    long now = System.nanoTime();
    Spent known = byKey.get(key);
    if (known != null && now - known.readAt() < MAX_AGE_NANOS) {
      return known.dollars();
    }
    if (byKey.size() > MAX_KEYS) {
      byKey.clear();
    }
    Spent read = new Spent(liveCosts.spentBy(key), now);
    byKey.put(key, read);
    return read.dollars();
  }
}
