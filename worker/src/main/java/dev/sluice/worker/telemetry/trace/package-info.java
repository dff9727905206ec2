/**
 * Each task's way through this worker, as spans of its trace. Depends on {@code provider}, {@code
 * classify}, {@code settle} and {@code telemetry}.
 */
@NullMarked
package dev.sluice.worker.telemetry.trace;

import org.jspecify.annotations.NullMarked;
