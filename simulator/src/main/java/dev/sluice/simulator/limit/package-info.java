/** Rate limits on requests and tokens per minute, for each key and model. */
@NullMarked
package dev.sluice.simulator.limit;

import org.jspecify.annotations.NullMarked;
