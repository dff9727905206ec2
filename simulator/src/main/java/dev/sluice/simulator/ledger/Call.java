package dev.sluice.simulator.ledger;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call and how it ended.
 *
 * @param at when it came
 * @param model empty where it named none
 * @param key the last four characters of its key; empty where it had none
 * @param status the HTTP status; null where no answer was sent
 * @param promptTokens 0 where it was refused
 * @param completionTokens 0 where no reply was made
 * @param chargedTokens what it cost of the limits; 0 where they did not let it in
 * @param toldWait how long a 429 told it to wait; null for nothing told
 * @param latency from its arrival to its answer
 * @param fault the fault that struck it; null for none
 * @param requestSha256 the first 16 hex digits of its body's hash
 * @param limited whether a limit refused it
 */
public record Call(
    Instant at,
    String path,
    String model,
    String key,
    @Nullable Integer status,
    long promptTokens,
    long completionTokens,
    long chargedTokens,
    @Nullable Duration toldWait,
    Duration latency,
    @Nullable String fault,
    String requestSha256,
    boolean limited) {}
