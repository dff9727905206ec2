/** Distributions of the simulated latency. */
@NullMarked
package dev.sluice.simulator.latency;

import org.jspecify.annotations.NullMarked;
