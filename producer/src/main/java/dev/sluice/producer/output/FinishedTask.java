package dev.sluice.producer.output;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task that has ended, as its line in an output or error file needs it.
 *
 * @param state completed, failed, expired or cancelled
 * @param statusCode null where no reply came
 * @param reply null for any that is not completed
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record FinishedTask(
    UUID id,
    long line,
    String customId,
    String state,
    @Nullable Integer statusCode,
    @Nullable String requestId,
    byte @Nullable [] reply,
    @Nullable String failureCode,
    @Nullable String failureDetail) {}
