/** Decides the response of each call. */
@NullMarked
package dev.sluice.simulator.provider;

import org.jspecify.annotations.NullMarked;
