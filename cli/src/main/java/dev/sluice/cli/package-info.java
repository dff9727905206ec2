/** The {@code sluice} command: knows every command; no command knows it. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
