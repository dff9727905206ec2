/** How long a call takes. Depends on {@code duration}. */
@NullMarked
package dev.sluice.simulator.latency;

import org.jspecify.annotations.NullMarked;
