/** Benchmark results: their storage, table and chart. */
@NullMarked
package dev.sluice.system.report;

import org.jspecify.annotations.NullMarked;
