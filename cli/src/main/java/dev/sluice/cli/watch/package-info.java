/** {@code sluice watch}: follows a batch and shows its progress. */
@NullMarked
package dev.sluice.cli.watch;

import org.jspecify.annotations.NullMarked;
