/** Analyzes a run from the provider's log. */
@NullMarked
package dev.sluice.system.analysis;

import org.jspecify.annotations.NullMarked;
