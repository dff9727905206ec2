/** Benchmark workload: the same tasks for every system. */
@NullMarked
package dev.sluice.bench.prompt;

import org.jspecify.annotations.NullMarked;
