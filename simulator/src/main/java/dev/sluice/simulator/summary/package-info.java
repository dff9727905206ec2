/** Extractive summarizer for the replies. */
@NullMarked
package dev.sluice.simulator.summary;

import org.jspecify.annotations.NullMarked;
