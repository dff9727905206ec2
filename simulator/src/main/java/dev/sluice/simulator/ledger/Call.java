package dev.sluice.simulator.ledger;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A finished call. It has one component for each member of a line of the ledger.
 *
 * @param at time of arrival, UTC
 * @param model requested model; empty if the request named none
 * @param key last four characters of the API key; empty without a key
 * @param status HTTP status; null without a response
 * @param promptTokens prompt tokens of the reply; 0 for an error
 * @param completionTokens completion tokens of the reply; 0 for an error
 * @param chargedTokens tokens charged to the limits; 0 for a rejected call
 * @param retryAfter Retry-After of a 429; null if none was sent
 * @param latency time from arrival to response
 * @param fault name of the injected fault; null without a fault
 * @param requestSha256 first 16 hex digits of the body's SHA-256
 * @param limited whether a rate limit rejected the call
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
    @Nullable Duration retryAfter,
    Duration latency,
    @Nullable String fault,
    String requestSha256,
    boolean limited) {}
