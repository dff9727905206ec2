/** Benchmarks with baselines, and long tests that inject faults. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
