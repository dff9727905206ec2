/** How far a batch is, as numbers and as one line of text: pure. Depends on {@code client}. */
@NullMarked
package dev.sluice.cli.progress;

import org.jspecify.annotations.NullMarked;
