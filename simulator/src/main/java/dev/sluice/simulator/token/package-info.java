/** Estimation of token counts. */
@NullMarked
package dev.sluice.simulator.token;

import org.jspecify.annotations.NullMarked;
