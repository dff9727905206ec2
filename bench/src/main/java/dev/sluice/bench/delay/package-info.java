/** Benchmark of the lateness of delayed tasks. */
@NullMarked
package dev.sluice.bench.delay;

import org.jspecify.annotations.NullMarked;
