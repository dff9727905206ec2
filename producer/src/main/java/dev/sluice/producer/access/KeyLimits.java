package dev.sluice.producer.access;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The limits of an API key's live calls, over all routes; those on calls apply to one producer.
 *
 * @param concurrency maximum number of concurrent calls, at least 1; 0 for no limit
 * @param requestsPerMinute calls per minute, evenly spaced, at least 1; 0 for no limit
 * @param budget US dollars of its live calls on all producers per calendar month (UTC); null for no
 *     budget
 */
public record KeyLimits(int concurrency, int requestsPerMinute, @Nullable BigDecimal budget) {
  public static final KeyLimits NONE = new KeyLimits(0, 0);

  /** Limits without a budget. */
  public KeyLimits(int concurrency, int requestsPerMinute) {
    this(concurrency, requestsPerMinute, null);
  }
}
