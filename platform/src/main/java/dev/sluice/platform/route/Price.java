package dev.sluice.platform.route;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * List price of a model, in US dollars.
 *
 * @param model the model; may end in {@code *}, and the longest matching pattern applies. Default:
 *     {@code *}, every model without a price of its own.
 * @param inputPerMillion dollars per million prompt tokens, 0 or more. Required.
 * @param outputPerMillion dollars per million completion tokens, 0 or more. Default: 0.
 * @param asOf date of the provider's price list, such as {@code 2026-11-01}. Required, because
 *     prices change.
 * @param note displayed with each cost that uses this price. Default: none.
 */
public record Price(
    @DefaultValue("*") String model,
    @Nullable BigDecimal inputPerMillion,
    @DefaultValue("0") BigDecimal outputPerMillion,
    @Nullable LocalDate asOf,
    @DefaultValue("") String note) {}
