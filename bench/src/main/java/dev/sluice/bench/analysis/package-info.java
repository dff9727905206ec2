/** Analyzes a run from the provider's log. */
@NullMarked
package dev.sluice.bench.analysis;

import org.jspecify.annotations.NullMarked;
