/** Progress and rate of a batch, as numbers and as text. */
@NullMarked
package dev.sluice.cli.progress;

import org.jspecify.annotations.NullMarked;
