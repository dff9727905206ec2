/** Benchmark of the time from process start to readiness. */
@NullMarked
package dev.sluice.system.startup;

import org.jspecify.annotations.NullMarked;
