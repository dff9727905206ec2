package dev.sluice.producer.overview.browse;

import org.jspecify.annotations.Nullable;

/**
 * A task in a list, as the API returns it.
 *
 * @param line line number in the input file, from 1
 * @param state {@code queued}, {@code submitted}, {@code completed}, {@code failed}, {@code
 *     expired} or {@code cancelled}
 * @param throttles rate-limited calls of the task
 * @param statusCode HTTP status of the last attempt; null if there is none
 * @param cutOff whether the answer of a completed task is cut off at its token limit
 * @param asks the number of asks of an ended task with a check; null for any other task
 * @param failureDetail at most 300 characters; null for no failure
 * @param latencyMs latency of the last attempt in ms; null until the task ends
 * @param finishedAt Unix seconds, UTC; null until the task ends
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
    boolean cutOff,
    @Nullable Integer asks,
    @Nullable String failureCode,
    @Nullable String failureDetail,
    long promptTokens,
    long completionTokens,
    @Nullable Long latencyMs,
    @Nullable Long finishedAt) {}
