/** Durations as people and OpenAI's headers write them. Depends on nothing. */
@NullMarked
package dev.sluice.simulator.duration;

import org.jspecify.annotations.NullMarked;
