/** Trace spans for the tasks and provider calls of this worker. */
@NullMarked
package dev.sluice.worker.telemetry.trace;

import org.jspecify.annotations.NullMarked;
