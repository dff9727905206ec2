/** The worker's metrics. */
@NullMarked
package dev.sluice.worker.telemetry;

import org.jspecify.annotations.NullMarked;
