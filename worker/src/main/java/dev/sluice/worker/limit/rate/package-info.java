/** The target rates of a route's workers, from the provider's limits; pure, without clocks. */
@NullMarked
package dev.sluice.worker.limit.rate;

import org.jspecify.annotations.NullMarked;
