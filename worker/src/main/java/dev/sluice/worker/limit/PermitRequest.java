package dev.sluice.worker.limit;

import dev.sluice.common.wire.Lane;
import java.util.function.BooleanSupplier;

/**
 * A request for a permit.
 *
 * @param deadline nanoseconds of the limiter's clock
 * @param wanted whether the call must still be sent: its caller is connected, its deadline has not
 *     passed, and its batch is not suspended
 */
record PermitRequest(
    CallOrigin origin,
    Lane lane,
    DeferredEstimate estimate,
    long deadline,
    BooleanSupplier wanted) {}
