/** What can go wrong, by rate or by a marker in the prompt. Depends on {@code duration}. */
@NullMarked
package dev.sluice.simulator.fault;

import org.jspecify.annotations.NullMarked;
