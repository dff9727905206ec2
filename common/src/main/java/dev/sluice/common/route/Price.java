package dev.sluice.common.route;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a model of a route costs, in US dollars, as the provider lists it.
 *
 * @param model the model; a name may end in {@code *}, and the longest that fits counts. Default:
 *     {@code *}, every model that no other price names.
 * @param inputPerMillion dollars for a million tokens of prompts, 0 or more. Required.
 * @param outputPerMillion dollars for a million tokens of replies, 0 or more. Default: 0.
 * @param asOf the day on which somebody read it in the provider's list, such as {@code 2026-11-01}.
 *     Required: a price without a day is not to be trusted.
 * @param note said beside each cost that it makes, such as that it is made up. Default: none.
 */
public record Price(
    @DefaultValue("*") String model,
    @Nullable BigDecimal inputPerMillion,
    @DefaultValue("0") BigDecimal outputPerMillion,
    @Nullable LocalDate asOf,
    @DefaultValue("") String note) {}
