package dev.sluice.worker.limit.rate;

import org.jspecify.annotations.Nullable;

/**
 * How one limit stands.
 *
 * @param perSecond what the provider allows
 * @param pacePerSecond how fast the workers together go now
 * @param left what the provider's last reply said is left; null where it says nothing
 */
public record LimitView(
    LimitKind dimension,
    double perSecond,
    Source source,
    double pacePerSecond,
    @Nullable Long left) {}
