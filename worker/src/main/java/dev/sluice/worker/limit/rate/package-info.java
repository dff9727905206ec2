/** Computes the target rates of a route's workers from the provider's limits, without I/O. */
@NullMarked
package dev.sluice.worker.limit.rate;

import org.jspecify.annotations.NullMarked;
