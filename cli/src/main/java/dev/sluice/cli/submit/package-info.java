/** A batch file goes in as it is. Depends on {@code watch}. */
@NullMarked
package dev.sluice.cli.submit;

import org.jspecify.annotations.NullMarked;
