/**
 * Where a command's data go: stdout, or a file that appears whole or not at all. Depends on {@code
 * terminal}.
 */
@NullMarked
package dev.sluice.cli.output;

import org.jspecify.annotations.NullMarked;
