package dev.sluice.producer.batch;

import dev.sluice.producer.error.ApiException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Sums of dollars that requests name. */
public final class BudgetAmount {
  private static final BigDecimal MOST = new BigDecimal("1000000000");
  private static final int DIGITS = 6;

  private BudgetAmount() {}

  /**
   * The same sum, where it can be a budget.
   *
   * @throws ApiException where it cannot
   */
  public static @Nullable BigDecimal checked(@Nullable BigDecimal dollars, String parameter) {
    if (dollars == null) {
      return null;
    }
    boolean fits =
        dollars.signum() > 0
            && dollars.compareTo(MOST) <= 0
            && dollars.stripTrailingZeros().scale() <= DIGITS;
    if (!fits) {
      throw ApiException.badRequest(
          "Invalid value for '%s': %s. A budget is a number of US dollars above 0 and up to %s, with at most %d digits behind the point, or null for none."
              .formatted(parameter, dollars, MOST, DIGITS),
          parameter,
          "invalid_value");
    }
    return dollars;
  }
}
