/**
 * Hands out the pace call by call: in memory, in Redis for all workers, or divided over them.
 * Depends on {@code limit.rate}.
 */
@NullMarked
package dev.sluice.worker.bucket;

import org.jspecify.annotations.NullMarked;
