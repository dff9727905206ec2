/**
 * Each task's way through this worker, as spans of its trace. Depends on {@code provider}, {@code
 * classify}, {@code settle} and {@code measure}.
 */
@NullMarked
package dev.sluice.worker.trace;

import org.jspecify.annotations.NullMarked;
