/** Extractive summaries: the sentences that say most. Depends on {@code token}. */
@NullMarked
package dev.sluice.simulator.summary;

import org.jspecify.annotations.NullMarked;
