package dev.sluice.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One provider call of a task; null components are absent in JSON.
 *
 * <pre>{@code
 * {"at": "2026-01-01T00:00:00.123Z", "worker": "worker-1", "status": 429, "code": "throttled",
 *   "retry_after_ms": 2000}
 * }</pre>
 *
 * @param at start of the call, UTC, truncated to milliseconds
 * @param worker name of the worker, truncated to 64 characters
 * @param member name of the called member of the route; null if the route has no members
 * @param status HTTP status; null without a response
 * @param code result: {@code completed}, {@code throttled}, {@code unavailable}, {@code not_ready},
 *     {@code no_capacity}, {@code no_tier}, {@code no_response}, {@code cancelled}, the kind of a
 *     hold, or a failure code
 * @param retryAfterMs Retry-After delay in ms; null if the provider sent none
 */
@JsonPropertyOrder({"at", "worker", "member", "status", "code", "retry_after_ms"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskCall(
    Instant at,
    String worker,
    @Nullable String member,
    @Nullable Integer status,
    String code,
    @Nullable Long retryAfterMs) {}
