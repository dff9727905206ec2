/** Input of a command's data from stdin or a file, and output to stdout or a file. */
@NullMarked
package dev.sluice.cli.file;

import org.jspecify.annotations.NullMarked;
