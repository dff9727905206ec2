/** A folder of texts goes in, a file of summaries comes out. Depends on {@code watch}. */
@NullMarked
package dev.sluice.cli.summarize;

import org.jspecify.annotations.NullMarked;
