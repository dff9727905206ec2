/** Durations in the format of OpenAI's headers. */
@NullMarked
package dev.sluice.simulator.duration;

import org.jspecify.annotations.NullMarked;
