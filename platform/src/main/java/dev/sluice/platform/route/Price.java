package dev.sluice.platform.route;

import dev.sluice.common.wire.TokenUsage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * List price of a model, in US dollars.
 *
 * @param model the model; may end in {@code *}, and the longest matching pattern applies. Default:
 *     {@code *}, every model without a price of its own.
 * @param inputPerMillion dollars per million prompt tokens, 0 or more. Required.
 * @param outputPerMillion dollars per million completion tokens, 0 or more. Default: 0.
 * @param cachedInputPerMillion dollars per million prompt tokens that the provider read from its
 *     prompt cache, 0 or more. Default: {@code inputPerMillion}.
 * @param cacheWritePerMillion dollars per million prompt tokens that the provider wrote to its
 *     prompt cache, 0 or more. Default: {@code inputPerMillion}.
 * @param tiers factor of each service tier, 0 or more. Default: 0.5 for {@code flex} and {@code
 *     batch}, 2 for {@code priority}, 1 for every other tier.
 * @param asOf date of the provider's price list, such as {@code 2026-11-01}. Required, because
 *     prices change.
 * @param note displayed with each cost that uses this price. Default: none.
 */
public record Price(
    @DefaultValue("*") String model,
    @Nullable BigDecimal inputPerMillion,
    @DefaultValue("0") BigDecimal outputPerMillion,
    @Nullable BigDecimal cachedInputPerMillion,
    @Nullable BigDecimal cacheWritePerMillion,
    @DefaultValue Map<String, BigDecimal> tiers,
    @Nullable LocalDate asOf,
    @DefaultValue("") String note) {
  private static final Map<String, BigDecimal> DEFAULT_FACTORS =
      Map.of(
          "flex",
          new BigDecimal("0.5"),
          "batch",
          new BigDecimal("0.5"),
          "priority",
          new BigDecimal(2));

  /** Prices are per million tokens. */
  private static final int DIGITS_OF_A_MILLION = 6;

  public Price {
    tiers = Map.copyOf(tiers);
  }

  /** The cost of the usage in US dollars. */
  public BigDecimal dollars(TokenUsage usage) {
    BigDecimal input = Objects.requireNonNull(inputPerMillion, "validated at startup");
    long uncached = usage.promptTokens() - usage.cachedTokens() - usage.cacheWriteTokens();
    return product(input, uncached)
        .add(
            product(Objects.requireNonNullElse(cachedInputPerMillion, input), usage.cachedTokens()))
        .add(
            product(
                Objects.requireNonNullElse(cacheWritePerMillion, input), usage.cacheWriteTokens()))
        .add(product(outputPerMillion, usage.completionTokens()))
        .multiply(factor(usage.serviceTier()))
        .movePointLeft(DIGITS_OF_A_MILLION);
  }

  private static BigDecimal product(BigDecimal perMillion, long tokens) {
    return perMillion.multiply(BigDecimal.valueOf(tokens));
  }

  private BigDecimal factor(String tier) {
    return tiers.getOrDefault(tier, DEFAULT_FACTORS.getOrDefault(tier, BigDecimal.ONE));
  }
}
