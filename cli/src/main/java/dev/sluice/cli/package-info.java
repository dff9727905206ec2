/** Entry point of the {@code sluice} command-line client. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
