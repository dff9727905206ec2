package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.Fault;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The response of a call, with the data for the log.
 *
 * @param delivery how the response is sent
 * @param latency time from arrival to response
 * @param model requested model; empty if the request named none
 * @param key the API key; empty without a key
 * @param promptTokens prompt tokens of the reply; 0 for an error
 * @param completionTokens completion tokens of the reply; 0 for an error
 * @param chargedTokens tokens charged to the limits; 0 for a rejected call
 * @param retryAfter Retry-After of a 429; null if none is sent
 * @param fault the injected fault; null without a fault
 * @param limited whether a rate limit rejected the call
 */
public record Decision(
    ResponseDelivery delivery,
    Duration latency,
    String model,
    String key,
    long promptTokens,
    long completionTokens,
    long chargedTokens,
    @Nullable Duration retryAfter,
    @Nullable Fault fault,
    boolean limited) {}
