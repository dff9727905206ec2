package dev.sluice.producer.batch;

import dev.sluice.producer.web.ApiException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Validates budgets in requests. */
public final class BudgetAmount {
  private static final BigDecimal MAX = new BigDecimal("1000000000");
  private static final int MAX_DECIMALS = 6;

  private BudgetAmount() {}

  /**
   * Returns the amount if it is a valid budget.
   *
   * @param dollars null for no limit
   * @throws ApiException if it is not positive, too large or too precise
   */
  public static @Nullable BigDecimal checked(@Nullable BigDecimal dollars, String parameter) {
    if (dollars == null) {
      return null;
    }
    boolean fits =
        dollars.signum() > 0
            && dollars.compareTo(MAX) <= 0
            && dollars.stripTrailingZeros().scale() <= MAX_DECIMALS;
    if (!fits) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %s. A budget is a number of US dollars above 0 and up to %s with at most %d decimal places, or null for no budget."
              .formatted(parameter, dollars, MAX, MAX_DECIMALS),
          parameter,
          "invalid_value");
    }
    return dollars;
  }
}
