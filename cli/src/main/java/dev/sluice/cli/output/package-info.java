/** Output of a command's data to stdout or to a file that is written atomically. */
@NullMarked
package dev.sluice.cli.output;

import org.jspecify.annotations.NullMarked;
