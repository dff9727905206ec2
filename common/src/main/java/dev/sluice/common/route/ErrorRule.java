package dev.sluice.common.route;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What one kind of answer of a provider means. Each condition that is set has to hold; the first
 * rule that fits decides, a route's own before those of its dialect.
 *
 * @param status the HTTP status, 100-599 without 2xx; 0 for any that is not 2xx. Default: 0.
 * @param code the error's {@code code}, {@code type}, {@code status} or the reason in its details,
 *     exactly. Default: any.
 * @param message a part of the error's message, or of the id of a quota that it names, in whatever
 *     case. Default: any.
 * @param means what it means. Required.
 */
public record ErrorRule(
    @DefaultValue("0") int status,
    @DefaultValue("") String code,
    @DefaultValue("") String message,
    ErrorMeaning means) {}
