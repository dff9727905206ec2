package dev.sluice.producer.batch.output;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An ended task with the values of its line in a result file.
 *
 * @param line its line in the input, from 1
 * @param state completed, failed, expired or cancelled
 * @param statusCode of the provider's last response; null without a response
 * @param cutOff whether the reply is cut off at its token limit
 * @param reused whether the reply was copied from the result of an identical request
 * @param asks the number of asks; null without a check
 * @param accepted whether an operator accepted an answer that does not fit
 * @param reply the provider's response body; null unless completed
 */
@SuppressWarnings("ArrayRecordComponent") // instances are never compared
record FinishedTask(
    UUID id,
    long line,
    String customId,
    String state,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    boolean cutOff,
    boolean reused,
    @Nullable Integer asks,
    boolean accepted,
    byte @Nullable [] reply,
    @Nullable String failureCode,
    @Nullable String failureDetail) {}
