/** Benchmark of the lateness of delayed tasks. */
@NullMarked
package dev.sluice.system.delay;

import org.jspecify.annotations.NullMarked;
