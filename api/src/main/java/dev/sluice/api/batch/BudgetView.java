package dev.sluice.api.batch;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The budget and the cost of a batch.
 *
 * <pre>{@code
 * {"budget": 5, "cost": {"spent": 0.0042, "expected": 0.0105, "min": 0.0036, "max": 0.05,
 *   "as_of": "2026-01-01", "note": null}}
 * }</pre>
 *
 * @param budget in US dollars; null for none
 * @param cost in US dollars
 */
public record BudgetView(@Nullable BigDecimal budget, BatchCost cost) {}
