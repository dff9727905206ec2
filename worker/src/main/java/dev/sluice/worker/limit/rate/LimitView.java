package dev.sluice.worker.limit.rate;

import org.jspecify.annotations.Nullable;

/**
 * The state of one limit.
 *
 * @param perSecond the limit per second
 * @param targetPerSecond target rate of all workers together, per second; 0 for unlimited
 * @param remaining remaining quota in the provider's last reply; null if it was not advertised
 */
public record LimitView(
    LimitKind kind,
    double perSecond,
    LimitSource source,
    double targetPerSecond,
    @Nullable Long remaining) {}
