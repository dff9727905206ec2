/** Benchmark of a worker's memory and CPU usage. */
@NullMarked
package dev.sluice.bench.footprint;

import org.jspecify.annotations.NullMarked;
