package dev.sluice.simulator.provider;

import dev.sluice.simulator.fault.Fault;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a call gets, and what is to be known of it.
 *
 * @param ending how it ends
 * @param latency how long that takes from its arrival
 * @param model the model that it named; empty for none
 * @param key the key that it brought; empty for none
 * @param promptTokens as its reply tells them; 0 where it got none
 * @param completionTokens as its reply tells them; 0 where it got none
 * @param chargedTokens what it cost of the limits; 0 where they did not let it in
 * @param toldWait how long it was told to wait; null for nothing told
 * @param fault the fault that struck it
 * @param limited whether a limit refused it
 */
public record Decision(
    ConnectionEnding ending,
    Duration latency,
    String model,
    String key,
    long promptTokens,
    long completionTokens,
    long chargedTokens,
    @Nullable Duration toldWait,
    @Nullable Fault fault,
    boolean limited) {}
