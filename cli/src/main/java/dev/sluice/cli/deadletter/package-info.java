/** The dead-letter desk at the terminal. Depends on {@code client} and {@code layout}. */
@NullMarked
package dev.sluice.cli.deadletter;

import org.jspecify.annotations.NullMarked;
