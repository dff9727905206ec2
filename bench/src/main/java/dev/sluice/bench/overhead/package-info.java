/** Benchmark of the latency that an idle Sluice adds to a live call. */
@NullMarked
package dev.sluice.bench.overhead;

import org.jspecify.annotations.NullMarked;
