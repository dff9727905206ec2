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
 * One call of a task, as a person wants to read it later.
 *
 * @param at when the call began, to the millisecond
 * @param worker who made it, cut at {@link #LONGEST_WORKER} characters
 * @param status the HTTP status; null where no answer came
 * @param code how it ended: {@code completed}, {@code throttled}, {@code unavailable}, {@code
 *     no_answer}, {@code abandoned}, what holds the route, or a {@link FailureCode}
 * @param retryAfterMillis how long the provider said to wait; null where it said nothing
 */
@JsonPropertyOrder({"at", "worker", "status", "code", "retry_after_ms"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Attempt(
    Instant at,
    String worker,
    @Nullable Integer status,
    String code,
    @JsonProperty("retry_after_ms") @JsonAlias("told_ms") @Nullable Long retryAfterMillis) {

  /** Longest name of a worker: a history has to fit into a header. */
  public static final int LONGEST_WORKER = 64;

  public Attempt {
    at = at.truncatedTo(ChronoUnit.MILLIS);
    Objects.requireNonNull(code, "code");
    worker = worker.length() <= LONGEST_WORKER ? worker : worker.substring(0, LONGEST_WORKER);
  }
}
