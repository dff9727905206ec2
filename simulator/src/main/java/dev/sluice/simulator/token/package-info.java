/** An estimate of tokens. Depends on nothing. */
@NullMarked
package dev.sluice.simulator.token;

import org.jspecify.annotations.NullMarked;
