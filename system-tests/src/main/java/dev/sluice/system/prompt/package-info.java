/** Benchmark workload: the same tasks for every contender. */
@NullMarked
package dev.sluice.system.prompt;

import org.jspecify.annotations.NullMarked;
