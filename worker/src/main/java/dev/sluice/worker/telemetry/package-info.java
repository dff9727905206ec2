/**
 * Metrics and traces of this worker. Depends on {@code provider}, {@code classify}, {@code settle}
 * and {@code limit}.
 */
@NullMarked
package dev.sluice.worker.telemetry;

import org.jspecify.annotations.NullMarked;
