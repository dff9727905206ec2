/** The worker's metrics. Depends on {@code limit} and {@code limit.rate}. */
@NullMarked
package dev.sluice.worker.telemetry;

import org.jspecify.annotations.NullMarked;
