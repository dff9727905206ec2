/** Benchmark results: their storage, table and chart. */
@NullMarked
package dev.sluice.bench.report;

import org.jspecify.annotations.NullMarked;
