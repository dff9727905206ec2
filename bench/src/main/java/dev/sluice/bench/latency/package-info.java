/** Benchmarks of start times, delays, and the latency of live calls. */
@NullMarked
package dev.sluice.bench.latency;

import org.jspecify.annotations.NullMarked;
