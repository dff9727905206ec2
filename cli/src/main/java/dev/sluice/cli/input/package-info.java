/** Input of a command's data from stdin or from a file. */
@NullMarked
package dev.sluice.cli.input;

import org.jspecify.annotations.NullMarked;
