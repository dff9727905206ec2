/** Requests and tokens per minute, kept for each key and model. Depends on nothing. */
@NullMarked
package dev.sluice.simulator.limit;

import org.jspecify.annotations.NullMarked;
