/** Benchmark of the resources that an installation needs per task. */
@NullMarked
package dev.sluice.bench.sizing;

import org.jspecify.annotations.NullMarked;
