package dev.sluice.platform.route;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Maps error responses of a provider to a meaning. All conditions that are set must match. The
 * first matching rule applies; a route's own rules precede those of its dialect.
 *
 * @param status the HTTP status, 100-599 without 2xx; 0 for any status except 2xx. Default: 0.
 * @param code exact value of the error's {@code code}, {@code type}, {@code status} or reason.
 *     Default: any.
 * @param message the beginning of the error's message, or a part of its quota id; case-insensitive;
 *     {@code *} stands for any text. Default: any.
 * @param means the meaning of the error. Required.
 */
public record ErrorRule(
    @DefaultValue("0") int status,
    @DefaultValue("") String code,
    @DefaultValue("") String message,
    ErrorMeaning means) {}
