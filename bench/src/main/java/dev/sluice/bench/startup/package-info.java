/** Benchmark of the time from process start to readiness. */
@NullMarked
package dev.sluice.bench.startup;

import org.jspecify.annotations.NullMarked;
