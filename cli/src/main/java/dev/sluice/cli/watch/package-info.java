/** Follows a batch until it ends. Depends on {@code progress}, {@code client}, {@code output}. */
@NullMarked
package dev.sluice.cli.watch;

import org.jspecify.annotations.NullMarked;
