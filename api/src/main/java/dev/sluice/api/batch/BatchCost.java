package dev.sluice.api.batch;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The cost of a batch in US dollars; all components are null if a model has no price.
 *
 * <pre>{@code
 * {"spent": 0.0042, "expected": 0.0105, "min": 0.0036, "max": 0.05, "as_of": "2026-01-01",
 *   "note": null}
 * }</pre>
 *
 * @param spent by the finished tasks, failed ones included, as far as the provider reported usage
 * @param expected for all tasks: extrapolated from the finished ones, or the estimated maximum
 *     while fewer than 20 have finished
 * @param min estimated for the prompts alone
 * @param max estimated for the longest replies that the requests allow
 * @param asOf the oldest date of the prices
 * @param note the prices' notes; null for none
 */
public record BatchCost(
    @Nullable BigDecimal spent,
    @Nullable BigDecimal expected,
    @Nullable BigDecimal min,
    @Nullable BigDecimal max,
    @Nullable LocalDate asOf,
    @Nullable String note) {
  /** The cost if a model has no price. */
  public static final BatchCost UNKNOWN = new BatchCost(null, null, null, null, null, null);
}
