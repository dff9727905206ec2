/** Benchmark of the latency that an idle Sluice adds to a live call. */
@NullMarked
package dev.sluice.system.overhead;

import org.jspecify.annotations.NullMarked;
