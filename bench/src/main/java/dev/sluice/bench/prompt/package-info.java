/** Benchmark workload: the same tasks for every contender. */
@NullMarked
package dev.sluice.bench.prompt;

import org.jspecify.annotations.NullMarked;
