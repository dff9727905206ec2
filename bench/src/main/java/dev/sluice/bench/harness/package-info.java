/** What all benchmarks share. */
@NullMarked
package dev.sluice.bench.harness;

import org.jspecify.annotations.NullMarked;
