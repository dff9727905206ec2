/** What a batch has brought. Depends on {@code client} and {@code output}. */
@NullMarked
package dev.sluice.cli.results;

import org.jspecify.annotations.NullMarked;
