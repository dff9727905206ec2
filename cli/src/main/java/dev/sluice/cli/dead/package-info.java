/** The dead-letter desk at the terminal. Depends on {@code client} and {@code layout}. */
@NullMarked
package dev.sluice.cli.dead;

import org.jspecify.annotations.NullMarked;
