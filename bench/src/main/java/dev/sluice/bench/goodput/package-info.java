/** Benchmark of how much of a provider's limit a system uses, and how many calls are rejected. */
@NullMarked
package dev.sluice.bench.goodput;

import org.jspecify.annotations.NullMarked;
