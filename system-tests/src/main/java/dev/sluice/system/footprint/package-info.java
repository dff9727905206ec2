/** Benchmark of a worker's memory and CPU usage. */
@NullMarked
package dev.sluice.system.footprint;

import org.jspecify.annotations.NullMarked;
