/** Benchmarks of memory, CPU time, connections and storage. */
@NullMarked
package dev.sluice.bench.resource;

import org.jspecify.annotations.NullMarked;
