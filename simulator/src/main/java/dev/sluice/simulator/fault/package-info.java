/** Fault injection, by rate or by markers in the prompt. */
@NullMarked
package dev.sluice.simulator.fault;

import org.jspecify.annotations.NullMarked;
