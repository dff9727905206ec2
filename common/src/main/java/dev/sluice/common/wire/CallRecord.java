package dev.sluice.common.wire;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One provider call of a task, for display.
 *
 * @param at start of the call, UTC, truncated to milliseconds
 * @param worker name of the worker, truncated to {@link #MAX_WORKER_LENGTH} characters
 * @param member name of the called member of the route; null if the route has no members
 * @param status HTTP status; null without a response
 * @param code result: {@code completed}, {@code throttled}, {@code unavailable}, {@code not_ready},
 *     {@code no_capacity}, {@code no_tier}, {@code no_response}, {@code cancelled}, the kind of a
 *     hold, or a {@link FailureCode}
 * @param retryAfterMillis Retry-After delay in milliseconds; null if the provider sent none
 */
@JsonPropertyOrder({"at", "worker", "member", "status", "code", "retry_after_ms"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CallRecord(
    Instant at,
    String worker,
    @Nullable String member,
    @Nullable Integer status,
    String code,
    @JsonProperty("retry_after_ms") @JsonAlias("told_ms") @Nullable Long retryAfterMillis) {

  /** Maximum length of a worker's name: the history must fit into an AMQP header. */
  public static final int MAX_WORKER_LENGTH = 64;

  public CallRecord {
    at = at.truncatedTo(ChronoUnit.MILLIS);
    Objects.requireNonNull(code, "code");
    worker = worker.length() <= MAX_WORKER_LENGTH ? worker : worker.substring(0, MAX_WORKER_LENGTH);
  }

  /** The call of a member of the route. */
  public CallRecord withMember(String name) {
    return new CallRecord(at, worker, name, status, code, retryAfterMillis);
  }

  /** A call of a route without members. */
  public CallRecord(
      Instant at,
      String worker,
      @Nullable Integer status,
      String code,
      @Nullable Long retryAfterMillis) {
    this(at, worker, /* member= */ null, status, code, retryAfterMillis);
  }
}
