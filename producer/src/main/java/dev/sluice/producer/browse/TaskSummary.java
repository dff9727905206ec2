package dev.sluice.producer.browse;

import org.jspecify.annotations.Nullable;

/**
 * A task in a list.
 *
 * @param line of the input file, from 1
 * @param state {@code queued}, {@code submitted}, {@code completed}, {@code failed}, {@code
 *     expired} or {@code cancelled}
 * @param finishedAt in seconds since 1970; null before
 */
record TaskSummary(
    String id,
    long line,
    String customId,
    String route,
    String model,
    String state,
    int attempts,
    int throttles,
    @Nullable Integer statusCode,
    @Nullable String failureCode,
    @Nullable String failureDetail,
    long promptTokens,
    long completionTokens,
    @Nullable Long latencyMs,
    @Nullable Long finishedAt) {}
