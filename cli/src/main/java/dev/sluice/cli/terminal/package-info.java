/** Streams, exit codes, tables and number formats of the command's terminal. */
@NullMarked
package dev.sluice.cli.terminal;

import org.jspecify.annotations.NullMarked;
