package dev.sluice.producer.store;

import dev.sluice.common.wire.AnswerCheck;
import dev.sluice.common.wire.ServiceTier;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the create request of a batch defines, and nothing changes later.
 *
 * @param completionWindow as requested, such as {@code 24h}
 * @param metadata null if the request has none
 * @param priority its weight in fair queueing, 1-100
 * @param outputLifetime how long its result files are kept; null for no limit
 * @param cutOff the handling of cut-off answers
 * @param stopAfter the failures that pause it; null for no condition
 * @param reuse how long ago a stored result may have finished that answers an identical request;
 *     null if each request is called
 * @param check the check of its answers
 * @param tier the service tier that it requests; null for that of the route
 */
public record BatchDefinition(
    String inputFileId,
    String endpoint,
    String completionWindow,
    @Nullable Map<String, String> metadata,
    int priority,
    @Nullable Duration outputLifetime,
    CutOffPolicy cutOff,
    @Nullable StopCondition stopAfter,
    @Nullable Duration reuse,
    AnswerCheck check,
    @Nullable ServiceTier tier) {}
